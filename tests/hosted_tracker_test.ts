import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { openIdentity } from "../net/mod.ts";
import { openState } from "../tracker/mod.ts";
import { KeyHolder } from "./support/key_holder.ts";
import { startTracker, TempFolder } from "./support/network.ts";
import { Program } from "./support/program.ts";

/** The arguments that share a file, and be the tracker as well. */
function hosting(file: string, state: string): string[] {
  const tracker = ["--host-tracker", "--tracker-port", "0", "--tracker-tls-port", "0"];
  return ["share", file, ...tracker, "--port", "0", "--state", state, "--json"];
}

Deno.test("hostile 42: --host-tracker keeps out whom the tracker with that state has banned", async () => {
  await using temp = new TempFolder();
  const state = await temp.folder("state");
  const bo = await KeyHolder.make();
  {
    const { guests } = await openState(join(state, "tracker"));
    guests.ban({ peer: bo.identity.id, name: "bo", since: 1 });
    guests.close();
  }
  const file = await temp.write("one.txt", "one");
  await using host = new Program("peer", hosting(file, state));
  const { tlsPort: port } = (await host.event("ready"))["tracker"] as { tlsPort: number };
  const { id } = await openIdentity(join(state, "tracker"));
  const { connection, answer } = await bo.greet({ port, id, purpose: "tracker" });
  using _connection = connection;
  assertEquals([answer["code"], answer["fatal"]], ["banned", true]);
});

Deno.test("hostile 42: no two trackers have the same key at once, because they take each other's tickets", async () => {
  await using temp = new TempFolder();
  const state = await temp.folder("state");
  const file = await temp.write("one.txt", "one");
  await using _tracker = await startTracker(["--state", join(state, "tracker")]);
  await using host = new Program("peer", hosting(file, state));
  const { code, lines } = await host.end();
  assertEquals([code, lines.at(-1)?.["code"]], [1, "io"]);
  assertMatch(String(lines.at(-1)?.["message"]), /tracker runs .*--tracker 127\.0\.0\.1/);
});

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { limits } from "../shared/mod.ts";
import { canMakeLans } from "./support/lan.ts";
import { noise, startShare, Visitor } from "./support/network.ts";
import type { Ended, Line, Program } from "./support/program.ts";
import { assertContent } from "./support/served.ts";
import { TrackedLan } from "./support/tracked_lan.ts";

const ignore = !await canMakeLans();
const film = noise(24 * limits.unitBytes, 11);

/** Its tracker soon misses who is gone. */
function open(): Promise<TrackedLan> {
  return TrackedLan.open("--idle-timeout", "3");
}

/** Waits until a program has moved some of a file. */
async function underWay(program: Program): Promise<void> {
  await program.line(({ event, done }) => event === "progress" && Number(done) > 2e6);
}

function last({ code, lines }: Ended): [number, Line | undefined] {
  return [code, lines.at(-1)];
}

Deno.test("hostile 52: a receiver that gets another address on the way gets the whole file", {
  ignore,
}, async () => {
  await using place = await open();
  const inbox = join(place.folder.path, "inbox");
  const path = await place.folder.write("film.mp4", film);
  const own = ["--name", "ana", "--inbox", inbox];
  await using ana = await startShare(place.address(), [], own, place.ana);
  await using bo = new Visitor(place.address(), place.bo);
  const sending = await bo.start("send", path, "--to", "ana", "--limit-up", "6MB");
  await underWay(sending);
  const moved = await place.lan.renumber(place.ana, 77);
  const [code, sent] = last(await sending.end(120_000));
  assertEquals([code, sent?.["event"]], [0, "sent"], JSON.stringify(sent));
  await assertContent(join(inbox, "film.mp4"), film);
  const peers = await bo.run("list");
  assertEquals(peers.code, 0);
  assertEquals((await ana.program.event("received"))["size"], film.length);
  assert(moved.ipv4 !== place.ana.ipv4);
});

Deno.test("hostile 52: a source that gets another address on the way is found there", {
  ignore,
}, async () => {
  await using place = await open();
  await place.folder.write("films/film.mp4", film);
  const films = join(place.folder.path, "films");
  await using _ana = await startShare(place.address(), [films], ["--limit-up", "6MB"], place.ana);
  await using bo = new Visitor(place.address(), place.bo);
  const out = await place.folder.folder("out");
  const getting = await bo.start("get", "film.mp4", "-o", out, "--wait");
  await underWay(getting);
  await place.lan.renumber(place.ana, 78);
  const [code, done] = last(await getting.end(120_000));
  assertEquals([code, done?.["event"]], [0, "done"], JSON.stringify(done));
  await assertContent(join(out, "film.mp4"), film);
});

Deno.test(
  "hostile 52: sending goes on when the cable is back, and when the receiver is back as well",
  {
    ignore,
  },
  async () => {
    await using place = await open();
    const inbox = join(place.folder.path, "inbox");
    const path = await place.folder.write("film.mp4", film);
    const state = await place.folder.folder("state");
    const own = ["--name", "ana", "--inbox", inbox, "--state", state];
    await using bo = new Visitor(place.address(), place.bo);
    let sending: Program;
    {
      await using ana = await startShare(place.address(), [], own, place.ana);
      sending = await bo.start("send", path, "--to", "ana", "--limit-up", "6MB");
      await underWay(sending);
      await place.lan.cable(place.ana, "down");
      ana.program.kill("SIGKILL");
      await ana.program.end();
    }
    await place.lan.cable(place.ana, "up");
    await using _back = await startShare(place.address(), [], own, place.ana);
    const [code, sent] = last(await sending.end(120_000));
    assertEquals([code, sent?.["event"]], [0, "sent"], JSON.stringify(sent));
    await assertContent(join(inbox, "film.mp4"), film);
  },
);

import { assertEquals, assertRejects } from "@std/assert";
import { type ErrorCode, LanyardError, Wire } from "../shared/mod.ts";
import { type Answer, Fake, line } from "../tests/support/fakes.ts";
import { eventually, patience, within } from "../tests/support/waiting.ts";
import { greetPeer } from "./greeting.ts";
import { connectTo } from "./net.ts";

async function connect(port: number, signal?: AbortSignal): Promise<void> {
  const wire = new Wire(await connectTo({ host: "127.0.0.1", port }));
  await greetPeer(wire, signal === undefined ? {} : { signal });
}

async function fails(code: ErrorCode, run: () => Promise<unknown>): Promise<void> {
  const error = await assertRejects(() => within(run(), patience), LanyardError);
  assertEquals(error.code, code, error.message);
}

Deno.test("greetPeer says why it cannot", async () => {
  const answers: [ErrorCode, Answer][] = [
    ["version", line("ERROR", { code: "version", message: "x", fatal: true })],
    ["syntax", line("OK")],
    ["syntax", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["closed", (connection) => Promise.resolve(connection.close())],
  ];
  for (const [code, answer] of answers) {
    await using fake = new Fake({ HELLO: () => answer });
    await fails(code, () => connect(fake.port));
  }
});

Deno.test("greetPeer gives up when it is told to, also while it waits for HI", async () => {
  const silence = Promise.withResolvers<void>();
  await using fake = new Fake({ HELLO: () => () => silence.promise });
  const stop = new AbortController();
  const connecting = connect(fake.port, stop.signal);
  await eventually(() => fake.requests.length === 1 ? true : undefined, patience);
  stop.abort();
  await fails("closed", () => connecting);
  silence.resolve();
});

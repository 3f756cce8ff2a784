import { assertEquals, assertRejects } from "@std/assert";
import { type ErrorCode, LanyardError, Wire } from "../../shared/mod.ts";
import { MemoryStream } from "../../shared/testing/memory_stream.ts";
import { within } from "../../tests/support/waiting.ts";
import { Calls } from "./calls.ts";

const ana = "a".repeat(64);
const eve = "e".repeat(64);

/** A tracker that passes every call on, and says so when it is let. */
class FakeTracker {
  readonly calls: unknown[] = [];
  readonly #answer = Promise.withResolvers<void>();

  request(request: unknown): Promise<never> {
    this.calls.push(request);
    return this.#answer.promise.then(() => ({ verb: "OK", token: "secret" })) as Promise<never>;
  }

  answer(): void {
    this.#answer.resolve();
  }
}

function wire(): Wire {
  return new Wire(new MemoryStream([]));
}

async function fails(code: ErrorCode, run: () => Promise<unknown>): Promise<LanyardError> {
  const error = await assertRejects(() => within(run()), LanyardError);
  assertEquals(error.code, code);
  return error;
}

Deno.test("Calls gives the connection of the peer that was called to whoever called it", async () => {
  const calls = new Calls();
  const tracker = new FakeTracker();
  const calling = calls.call(tracker, ana, 2224);
  tracker.answer();
  const take = await calls.answer("secret", ana);
  const connection = wire();
  const taken = take(connection);
  const { wire: got, release } = await calling;
  assertEquals(got === connection, true);
  assertEquals(tracker.calls, [{ verb: "CALL", peer: ana, port: 2224 }]);
  release();
  await within(taken);
});

Deno.test("Calls waits for the tracker when the peer is faster", async () => {
  const calls = new Calls();
  const tracker = new FakeTracker();
  const calling = calls.call(tracker, ana, 2224);
  const answering = calls.answer("secret", ana);
  tracker.answer();
  void (await within(answering))(wire());
  await within(calling);
});

Deno.test("hostile 42: Calls takes nobody else, no other token, and nobody twice", async () => {
  const calls = new Calls();
  const tracker = new FakeTracker();
  tracker.answer();
  const calling = calls.call(tracker, ana, 2224);
  for (const [token, peer] of [["secret", eve], ["guess", ana], ["guess", undefined]] as const) {
    assertEquals((await fails("refused", () => calls.answer(token, peer))).fatal, true);
  }
  void (await calls.answer("secret", ana))(wire());
  await within(calling);
  await fails("refused", () => calls.answer("secret", ana));
});

Deno.test("Calls gives up a peer that does not connect, and when it is told to", async () => {
  const tracker = new FakeTracker();
  tracker.answer();
  const hasty = new Calls(1);
  await fails("unreachable", () => hasty.call(tracker, ana, 2224));
  await fails("refused", () => hasty.answer("secret", ana));
  const stop = new AbortController();
  const calling = new Calls().call(tracker, ana, 2224, stop.signal);
  stop.abort();
  await fails("unreachable", () => calling);
});

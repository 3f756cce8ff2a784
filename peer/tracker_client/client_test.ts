import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type ErrorCode,
  LanyardError,
  limits,
  parseSharePath,
  type TrackerPush,
} from "../../shared/mod.ts";
import { type Answers, emptyTracker, Fake, line } from "../../tests/support/fakes.ts";
import { eventually, patience, within } from "../../tests/support/waiting.ts";
import { TrackerClient } from "./client.ts";
import { PlainDoor } from "./door.ts";

const hello = { name: "ana", port: 2224 };

/** A client of a fake tracker, which says nothing or what is given. */
async function joined(
  answers?: Answers,
  onPush: (push: TrackerPush) => void = () => {},
): Promise<{ fake: Fake; client: TrackerClient } & AsyncDisposable> {
  const fake = new Fake({ ...emptyTracker, ...answers });
  const endpoint = { host: "127.0.0.1", port: fake.port };
  const joining = TrackerClient.join(new PlainDoor(endpoint), hello, { onPush });
  const { client } = await within(joining, patience);
  return {
    fake,
    client,
    [Symbol.asyncDispose]: async () => {
      client.close();
      await fake[Symbol.asyncDispose]();
    },
  };
}

async function fails(code: ErrorCode, run: () => Promise<unknown>): Promise<LanyardError> {
  const error = await assertRejects(() => within(run(), patience), LanyardError);
  assertEquals(error.code, code, error.message);
  return error;
}

/** Sends HI with other limits than none. */
function greetingWith(limits: Record<string, number>): string {
  const [hi] = [emptyTracker["HELLO"]?.({ verb: "HELLO" })];
  return String(hi).replace('"limits":{}', `"limits":${JSON.stringify(limits)}`);
}

Deno.test("TrackerClient.join introduces us and gives the greeting", async () => {
  await using fake = new Fake(emptyTracker);
  const endpoint = { host: "127.0.0.1", port: fake.port };
  const { client, greeting } = await TrackerClient.join(new PlainDoor(endpoint), {
    ...hello,
    digest: "d1",
  });
  assertEquals(fake.requests, [{ verb: "HELLO", version: 2, ...hello, digest: "d1" }]);
  assertEquals([greeting.tracker, greeting.known, greeting.accepted], ["fake", false, true]);
  client.close();
});

Deno.test("TrackerClient.join says why it cannot", async () => {
  const refusing = new Fake({
    HELLO: () => line("ERROR", { code: "version", message: "Too old", supported: [3] }),
  });
  const endpoint = { host: "127.0.0.1", port: refusing.port };
  const error = await fails("version", () => TrackerClient.join(new PlainDoor(endpoint), hello));
  assertEquals(error.message, "Too old");
  await refusing[Symbol.asyncDispose]();
  const gone = await fails("unreachable", () => TrackerClient.join(new PlainDoor(endpoint), hello));
  assertStringIncludes(gone.message, `127.0.0.1:${endpoint.port}`);
});

Deno.test("TrackerClient.request gives each request its own answer, in order", async () => {
  await using both = await joined({
    PEERS: ({ cursor }) => line("PEERS", { peers: [], more: `after ${cursor}` }),
    SHARE: ({ files }) =>
      Array.isArray(files) && files.length > 0
        ? line("ACCEPTED", { files: files.length })
        : line("ERROR", { code: "too-many", message: "No" }),
  });
  const { client } = both;
  const answers = await Promise.allSettled([
    client.request({ verb: "PEERS", cursor: "1" }),
    client.request({ verb: "SHARE", files: [] }),
    client.request({ verb: "PEERS", cursor: "2" }),
    client.request({ verb: "SEARCH", text: "x" }),
    client.request({ verb: "PING" }),
  ]);
  assertEquals(
    answers.map((one) => one.status === "fulfilled" ? one.value : one.reason.code),
    [
      { verb: "PEERS", peers: [], more: "after 1" },
      "too-many",
      { verb: "PEERS", peers: [], more: "after 2" },
      { verb: "NOT FOUND" },
      { verb: "PONG", now: 0 },
    ],
  );
});

Deno.test("TrackerClient takes pushes between answers for what they are", async () => {
  const pushed: string[] = [];
  const push = line("REACHABLE", { ok: false });
  await using both = await joined(
    { PEERS: () => push + line("PEERS", { peers: [] }) + push },
    ({ verb }) => void pushed.push(verb),
  );
  const { verb } = await both.client.request({ verb: "PEERS" });
  assertEquals(verb, "PEERS");
  await eventually(() => pushed.length === 2 ? true : undefined, patience);
});

Deno.test("hostile 35: TrackerClient fails what waits when the connection ends in the middle", async () => {
  const hangUps: Answers[string][] = [
    () => (connection) => Promise.resolve(connection.close()),
    () => async (connection) => {
      await connection.send("PEERS {");
      connection.close();
    },
  ];
  for (const hangUp of hangUps) {
    await using both = await joined({ PEERS: hangUp });
    const { client } = both;
    await Promise.all([
      fails("closed", () => client.request({ verb: "PEERS" })),
      fails("closed", () => client.request({ verb: "PING" })),
    ]);
    assertEquals((await within(client.ended, patience)).code, "closed");
    await fails("closed", () => client.request({ verb: "PING" }));
  }
});

Deno.test("hostile 34: TrackerClient fails everything when the tracker breaks the protocol", async () => {
  const nonsense = [
    line("ACCEPTED", { files: 1 }), // Right in itself, but no answer to PEERS.
    "PEERS {\n",
    'PEERS {"peers":[],"peers":[]}\n',
    `PEERS ${JSON.stringify({ peers: [{ peer: "short" }] })}\n`,
    "\xff\n",
    "\n",
  ];
  for (const answer of nonsense) {
    await using both = await joined({ PEERS: () => answer });
    const { client } = both;
    await Promise.all([
      fails("syntax", () => client.request({ verb: "PEERS" })),
      fails("syntax", () => client.request({ verb: "PING" })),
    ]);
    assertEquals((await within(client.ended, patience)).code, "syntax");
  }
});

Deno.test("hostile 33: TrackerClient gives up on a line without an end", async () => {
  await using both = await joined({ PEERS: () => `PEERS ${"x".repeat(limits.lineBytes)}` });
  await fails("syntax", () => both.client.request({ verb: "PEERS" }));
});

Deno.test("hostile 34: TrackerClient ends at an answer to nothing, and at an ERROR to nothing", async () => {
  for (const extra of [line("PONG", { now: 0 }), line("ERROR", { code: "banned", message: "x" })]) {
    await using both = await joined({ PEERS: () => line("PEERS", { peers: [] }) + extra });
    await both.client.request({ verb: "PEERS" });
    const { code } = await within(both.client.ended, patience);
    assertEquals(code, extra.startsWith("PONG") ? "syntax" : "banned");
  }
});

Deno.test("TrackerClient.request does not send what fits no line", async () => {
  await using both = await joined();
  const files = Array.from({ length: 500 }, (_, number) => ({
    path: parseSharePath(`${"n".repeat(200)}${number}`),
    size: 1,
    modified: 1,
  }));
  await assertRejects(() => both.client.request({ verb: "SHARE", files }), RangeError);
  await both.client.request({ verb: "PING" });
});

Deno.test("TrackerClient.bye says BYE once, and is not kept by a tracker that does not hang up", async () => {
  const farewell = Promise.withResolvers<void>();
  await using both = await joined({ BYE: () => () => farewell.promise });
  const { client, fake } = both;
  await within(client.bye(), patience);
  await client.bye();
  farewell.resolve();
  assertEquals(fake.requests.map(({ verb }) => verb), ["HELLO", "BYE"]);
  assertEquals((await client.ended).code, "closed");
});

Deno.test("TrackerClient says PING as often as the tracker's patience calls for", async () => {
  await using both = await joined({ HELLO: () => greetingWith({ idle: 1 }) });
  const { fake, client } = both;
  await eventually(() => fake.requests.length >= 3 ? true : undefined, patience);
  assertEquals(fake.requests.slice(1, 3), [{ verb: "PING" }, { verb: "PING" }]);
  assert((await client.request({ verb: "PEERS" })).peers.length === 0);
});

Deno.test("TrackerClient says PING beside other requests, because tickets come with its answer", async () => {
  await using both = await joined({ HELLO: () => greetingWith({ idle: 1 }) });
  const { fake, client } = both;
  await eventually(async () => {
    await client.request({ verb: "PEERS" });
    return fake.requests.some(({ verb }) => verb === "PING") ? true : undefined;
  }, patience);
});

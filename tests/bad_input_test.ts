import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { badPaths, badSizes, bytesOf, clientHello } from "./support/bad_input.ts";
import { type RunningTracker, startTracker } from "./support/network.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { within } from "./support/waiting.ts";

const id = "0".repeat(64);
const mine = { path: "mine.txt", size: 1, modified: 0, id };
const MiB = 1024 * 1024;

/** A tracker, and a member whom it must go on serving whatever others send it. */
class Scene implements AsyncDisposable {
  readonly port: number;
  readonly #tracker: RunningTracker;
  readonly #witness: RawConnection;

  private constructor(tracker: RunningTracker, witness: RawConnection) {
    this.port = tracker.port;
    this.#tracker = tracker;
    this.#witness = witness;
  }

  static async set(): Promise<Scene> {
    const tracker = await startTracker();
    return new Scene(tracker, await join(tracker.port));
  }

  /** That the member is served within a second, and finds its own file and no other. */
  async isServing(): Promise<void> {
    const { files } = await within(this.#witness.request("SEARCH", { text: "" }));
    assertEquals((files as { path: string }[]).map(({ path }) => path), ["mine.txt"]);
  }

  /** The answer to some bytes, which has to be the last one. */
  async lastWords(sent: string | Uint8Array, greeted: boolean): Promise<string> {
    using connection = greeted
      ? await RawConnection.greet(this.port)
      : await RawConnection.open(this.port);
    // The tracker may hang up while we are still sending.
    await connection.send(sent).catch(() => {});
    return await within(connection.rest());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#witness.close();
    await this.#tracker[Symbol.asyncDispose]();
  }
}

async function join(port: number): Promise<RawConnection> {
  const member = await RawConnection.greet(port);
  assertEquals((await member.request("SHARE", { files: [mine] })).verb, "ACCEPTED");
  return member;
}

const syntax = /^ERROR \{"code":"syntax","message":"[^\n]+","fatal":true\}\n$/;

for (
  const [what, first] of Object.entries({
    "an HTTP request": "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "the start of TLS": clientHello,
    "SSH": "SSH-2.0-OpenSSH_9.2\r\n",
    "HELLO in lower case": 'hello {"version":2,"name":"x","port":0}\n',
    "HELLO without a name": 'HELLO {"version":2}\n',
    "HELLO with a list": 'HELLO [{"version":2,"name":"x","port":0}]\n',
    "HELLO with a bad port": 'HELLO {"version":2,"name":"x","port":65536}\n',
    "a name with a line feed": 'HELLO {"version":2,"name":"a\\nb","port":0}\n',
    "bytes that are no text": bytesOf("HELLO ", [0xff, 0xfe], "\n"),
    "an overlong encoding": bytesOf('HELLO {"version":2,"name":"', [0xc0, 0xaf], '","port":0}\n'),
    "an empty line": "\n",
    "a NUL": bytesOf([0], "\n"),
  })
) {
  Deno.test(`hostile 09 33 34: ${what} instead of HELLO ends the connection with a sentence`, async () => {
    await using scene = await Scene.set();
    assertMatch(await scene.lastWords(first, false), syntax);
    await scene.isServing();
  });
}

Deno.test("HELLO of a version that is not spoken is told which are", async () => {
  await using scene = await Scene.set();
  const answer = await scene.lastWords('HELLO {"version":1,"name":"x","port":0}\n', false);
  assertMatch(answer, /^ERROR \{"code":"version",.*"supported":\[2\]/);
});

Deno.test("hostile 08 09 24 32 34: lines that are wrong end their connection, and change nothing", async () => {
  await using scene = await Scene.set();
  const file = JSON.stringify({ ...mine, path: "evil.txt" });
  const share = (fields: string): string => `SHARE {"files":[${file},${fields}]}`;
  for (
    const line of [
      "search {}",
      "SEARCH",
      "SEARCH {}",
      "SEARCH []",
      'SEARCH "x"',
      'SEARCH  {"text":"x"}',
      'SEARCH {"text":"x"',
      'SEARCH {"text":"x",}',
      'SEARCH {"text":"x"} {}',
      "SEARCH {'text':'x'}",
      'SEARCH {"text":5}',
      'SEARCH {"text":null}',
      'SEARCH {"text":"x","limit":0}',
      'SEARCH {"text":"x","limit":"10"}',
      'SEARCH {"text":"x","exact":1}',
      'SEARCH {"text":"x","text":"y"}',
      'SEARCH {"text":"x","te\\u0078t":"y"}',
      'SEARCH {"text":"\\ud800"}',
      `SEARCH {"text":"${"x".repeat(1025)}"}`,
      bytesOf('SEARCH {"text":"', [0xed, 0xa0, 0x80], '"}'),
      bytesOf('SEARCH {"text":"', [0x00], '"}'),
      "PING {}\rPING {}",
      `PING ${'{"a":'.repeat(6)}1${"}".repeat(6)}`,
      `PING {"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      'SHARE {"files":{}}',
      'SHARE {"files":[5]}',
      share('{"path":"a","size":1,"modified":0}'),
      share(JSON.stringify({ ...mine, id: "A".repeat(64) })),
      share(JSON.stringify({ ...mine, id: "a".repeat(63) })),
      share(JSON.stringify({ ...mine, modified: 8.64e15 + 1 })),
      ...badSizes.map((size) => share(`{"path":"a","size":${size},"modified":0,"id":"${id}"}`)),
      ...badPaths.map((path) => share(JSON.stringify({ ...mine, path }))),
      `UNSHARE {"paths":["../x"]}`,
      `LIST {"under":"../x"}`,
      `LIST {"under":"/etc"}`,
    ]
  ) {
    const bytes = typeof line === "string" ? bytesOf(line, "\n") : bytesOf([...line], "\n");
    const answer = await scene.lastWords(bytes, true);
    assertMatch(answer.replace(/^REACHABLE .*\n/, ""), syntax, String(line).slice(0, 200));
    await scene.isServing();
  }
});

Deno.test("hostile 34: a request that does not fit is refused, and the connection goes on", async () => {
  await using scene = await Scene.set();
  using member = await join(scene.port);
  for (
    const [verb, body, code] of [
      ["FROB", {}, "unsupported"],
      ["Q".repeat(60_000), {}, "unsupported"],
      ["FOUND", { files: [] }, "unsupported"],
      ["HELLO", { version: 2, name: "again", port: 0 }, "order"],
      ["OFFER", { file: { ...mine, size: 2 } }, "not-found"],
      ["CALL", { peer: id, port: 7000 }, "not-found"],
      ["LIST", { cursor: "forged" }, "bad-cursor"],
      ["SEARCH", { text: "w ".repeat(500) }, "too-many"],
    ] as [string, Record<string, unknown>, string][]
  ) {
    const answer = await member.request(verb, body);
    assertEquals([answer.verb, answer["code"], answer["fatal"]], ["ERROR", code, undefined]);
  }
  assertEquals((await member.request("PING", { unknown: [1, { key: "ignored" }] })).verb, "PONG");
});

Deno.test("hostile 33: a line of 10 MB, and one of 1 GB without an end, are cut off early", async () => {
  await using scene = await Scene.set();
  assertMatch(await scene.lastWords("x".repeat(10 * MiB) + "\n", false), syntax);
  await scene.isServing();
  using connection = await RawConnection.greet(scene.port);
  const chunk = new Uint8Array(MiB).fill(0x41);
  let sent = 0;
  try {
    while (sent < 1024) {
      await connection.send(chunk);
      sent++;
    }
  } catch {
    // Cut off.
  }
  assertLess(sent, 100);
  await scene.isServing();
});

Deno.test("hostile 33: bytes one at a time, and a thousand requests in one packet, are answered alike", async () => {
  await using scene = await Scene.set();
  using slow = await RawConnection.open(scene.port);
  const lines = ['HELLO {"version":2,"name":"slöw","port":0}', `SHARE {"files":[]}`, "PING {}"];
  for (const byte of bytesOf(lines.join("\r\n"), "\r\n")) await slow.send(Uint8Array.of(byte));
  assertEquals((await slow.message()).verb, "HI");
  assertEquals((await slow.message()).verb, "ACCEPTED");
  assertEquals((await slow.message()).verb, "PONG");

  using quick = await join(scene.port);
  const requests = Array.from(
    { length: 1000 },
    (_, at) => at % 3 === 0 ? "PING {}\n" : 'SEARCH {"text":"mine"}\n',
  );
  await quick.send(requests.join(""));
  for (const request of requests) {
    const { verb } = await quick.message();
    assertEquals(verb, request.startsWith("PING") ? "PONG" : "FOUND");
  }
});

Deno.test("hostile 33: CR alone ends no line", async () => {
  await using scene = await Scene.set();
  using member = await join(scene.port);
  await member.send("PING {}\r");
  await member.send("\n");
  assertEquals((await member.message()).verb, "PONG");
  using classic = await RawConnection.open(scene.port);
  await classic.send("HELLO\rBYE\r");
  await classic.finish();
  assert(!(await classic.rest()).startsWith("HI"));
});

Deno.test("hostile 39: characters that other searches read something into are plain text", async () => {
  await using scene = await Scene.set();
  using member = await join(scene.port);
  const names = [
    "50%_off.txt",
    "a*b.txt",
    `quo"te.txt`,
    "x'); drop table files;--.txt",
    "(a|b).txt",
  ];
  const files = names.map((path) => ({ ...mine, path }));
  await member.request("SHARE", { files });
  for (
    const [text, expected] of [
      ["%", [0]],
      ["_", [0]],
      ["*", [1]],
      ['"', [2]],
      ["'", [3]],
      ["(a|b)", [4]],
      [".*", []],
      ["a.*b", []],
      ["50% OFF", [0]],
      ["NOT mine", []],
      ["'); drop table files;--", [3]],
      ["a OR b", []],
    ] as [string, number[]][]
  ) {
    const { files: found = [] } = await member.request("SEARCH", { text });
    const paths = (found as { path: string }[]).map(({ path }) => path).sort();
    assertEquals(paths, expected.map((at) => names[at]).sort(), text);
  }
});

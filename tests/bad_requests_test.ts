import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { badSizes, bytesOf, clientHello } from "./support/bad_input.ts";
import {
  noise,
  type RunningShare,
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { within } from "./support/waiting.ts";

const MiB = 1024 * 1024;
const content = noise(2 * MiB + 5);
const size = content.length;
const syntax = /^ERROR \{"code":"syntax","message":"[^\n]+","fatal":true\}\n$/;

/** A peer that shares one file, and must go on doing so whatever others ask of it. */
class Scene implements AsyncDisposable {
  readonly port: number;
  /** The id of the shared file. */
  readonly id: string;
  readonly #closing: AsyncDisposable[];

  private constructor(port: number, id: string, closing: AsyncDisposable[]) {
    this.port = port;
    this.id = id;
    this.#closing = closing;
  }

  static async set(): Promise<Scene> {
    const temp = new TempFolder();
    await temp.write("tree/film.bin", content);
    await temp.write("tree/empty.txt", "");
    const tracker: RunningTracker = await startTracker();
    const share: RunningShare = await startShare(tracker.address, [join(temp.path, "tree")]);
    await using visitor = new Visitor(tracker.address);
    const [film] = (await visitor.run("search", "film.bin")).lines;
    return new Scene(Number(share.ready["port"]), String(film?.["id"]), [share, tracker, temp]);
  }

  /** Connects and says HELLO. */
  async greet(): Promise<RawConnection> {
    const connection = await RawConnection.open(this.port);
    assertEquals((await connection.request("HELLO", { version: 2 })).verb, "HI");
    return connection;
  }

  /** The range of the file, as it comes in units. */
  async range(connection: RawConnection, offset: number, length: number): Promise<Uint8Array[]> {
    await connection.ask("DOWNLOAD", { id: this.id, size, offset, length });
    const units: Uint8Array[] = [];
    for (let at = offset; at < offset + length;) {
      const unit = await connection.message();
      assertEquals([unit.verb, unit["offset"]], ["FILE", at]);
      const bytes = await connection.bytes(Number(unit["length"]));
      assertEquals(bytes, content.subarray(at, at + bytes.length));
      units.push(bytes);
      at += bytes.length;
    }
    return units;
  }

  /** That a newcomer is served within a second. */
  async isServing(): Promise<void> {
    using newcomer = await this.greet();
    await within(this.range(newcomer, size - 10, 10));
  }

  /** The answer to some bytes, which has to be the last one. */
  async lastWords(sent: string | Uint8Array, greeted: boolean): Promise<string> {
    using connection = greeted ? await this.greet() : await RawConnection.open(this.port);
    // The peer may hang up while we are still sending.
    await connection.send(sent).catch(() => {});
    return await within(connection.rest());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#closing) await one[Symbol.asyncDispose]();
  }
}

Deno.test("hostile 33 34: what is no HELLO to a sharing peer ends the connection with a sentence", async () => {
  await using scene = await Scene.set();
  for (
    const first of [
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      clientHello,
      "HELLO\n",
      'hello {"version":2}\n',
      "HELLO {}\n",
      `DOWNLOAD {"id":"${scene.id}","size":${size},"offset":0,"length":1}\n`,
      `PIECES {"id":"${scene.id}","size":${size}}\n`,
      bytesOf([0xff, 0xfe], "\n"),
      "\n",
      "x".repeat(10 * MiB),
    ]
  ) {
    assertMatch(await scene.lastWords(first, false), syntax);
    await scene.isServing();
  }
  const old = await scene.lastWords('HELLO {"version":1}\n', false);
  assertMatch(old, /^ERROR \{"code":"version",.*"supported":\[2\]/);
});

Deno.test("hostile 24 32: wrong numbers and ranges end the connection, and no byte is sent", async () => {
  await using scene = await Scene.set();
  const { id } = scene;
  const request = (fields: string): string => `DOWNLOAD {"id":"${id}",${fields}}\n`;
  for (
    const line of [
      ...badSizes.flatMap((bad) => [
        request(`"size":${bad},"offset":0,"length":1`),
        request(`"size":${size},"offset":${bad},"length":1`),
        request(`"size":${size},"offset":0,"length":${bad}`),
      ]),
      request(`"size":${size},"offset":0,"length":${size + 1}`),
      request(`"size":${size},"offset":${size},"length":1`),
      request(`"size":${size},"offset":9007199254740991,"length":9007199254740991`),
      request(`"size":${size},"offset":0`),
      `DOWNLOAD {"id":"${id.toUpperCase()}","size":${size},"offset":0,"length":1}\n`,
      `DOWNLOAD {"id":"../../etc/passwd","size":1,"offset":0,"length":1}\n`,
      `PIECES {"id":"${id}"}\n`,
      `UPLOAD {"path":"../x","size":1,"id":"${id}"}\n`,
      "PIECES\n",
      `download {}\n`,
      bytesOf('PIECES {"id":"', [0xff], '"}\n'),
    ]
  ) {
    assertMatch(await scene.lastWords(line, true), syntax, String(line));
  }
  await scene.isServing();
});

Deno.test("hostile 34: what cannot be served is refused, and the connection goes on", async () => {
  await using scene = await Scene.set();
  const { id } = scene;
  using connection = await scene.greet();
  const other = "0".repeat(64);
  for (
    const [verb, body, code] of [
      ["FROB", {}, "unsupported"],
      ["SEARCH", { text: "film" }, "unsupported"],
      ["PIECES", { id: other, size }, "not-found"],
      ["PIECES", { id, size: size + 1 }, "not-found"],
      ["DOWNLOAD", { id: other, size, offset: 0, length: 1 }, "not-found"],
      ["DOWNLOAD", { id, size: 1, offset: 0, length: 1 }, "not-found"],
      ["PROVE", { certificate: "x", signature: "y" }, "order"],
    ] as [string, Record<string, unknown>, string][]
  ) {
    const answer = await connection.request(verb, body);
    assertEquals([answer.verb, answer["code"], answer["fatal"]], ["ERROR", code, undefined]);
  }
  await scene.range(connection, 0, 10);
  const again = await connection.request("HELLO", { version: 2 });
  assertEquals([again["code"], again["fatal"]], ["order", true]);
  assertEquals(await connection.rest(), "");
});

Deno.test("hostile 33: a line of 1 GB without an end is cut off early", async () => {
  await using scene = await Scene.set();
  using connection = await scene.greet();
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

Deno.test("hostile 33: bytes one at a time, and many requests in one packet, are answered in order", async () => {
  await using scene = await Scene.set();
  using slow = await RawConnection.open(scene.port);
  for (const byte of bytesOf('HELLO {"version":2}\r\n')) await slow.send(Uint8Array.of(byte));
  assertEquals((await slow.message()).verb, "HI");

  using quick = await scene.greet();
  const ranges = Array.from({ length: 200 }, (_, at) => ({ offset: at * 10_000, length: at + 1 }));
  const lines = ranges.map((range) =>
    `DOWNLOAD ${JSON.stringify({ id: scene.id, size, ...range })}\n`
  );
  await quick.send(lines.join("") + "FROB {}\n");
  for (const { offset, length } of ranges) {
    const unit = await quick.message();
    assertEquals([unit.verb, unit["offset"], unit["length"]], ["FILE", offset, length]);
    assertEquals(await quick.bytes(length), content.subarray(offset, offset + length));
  }
  assertEquals((await quick.message())["code"], "unsupported");
  assertEquals((await scene.range(quick, 0, size)).map(({ length }) => length), [MiB, MiB, 5]);
});

Deno.test("a false complaint about wrong bytes takes no file away", async () => {
  await using scene = await Scene.set();
  using liar = await scene.greet();
  const complaint = { code: "integrity", message: "wrong", id: scene.id, size };
  for (let time = 0; time < 100; time++) await liar.ask("ERROR", complaint);
  await scene.range(liar, 0, 10);
  await scene.isServing();
});

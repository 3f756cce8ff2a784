// deno-lint-ignore-file no-console -- a run has to say how it can be had again
import { assert, assertEquals, assertLess } from "@std/assert";
import { join } from "@std/path";
import { fetchCertificate } from "../net/mod.ts";
import { parseJoinLink } from "../shared/mod.ts";
import { Fuzz } from "./support/fuzz.ts";
import { fuzzTargets, type Scene } from "./support/fuzz_targets.ts";
import { KeyHolder } from "./support/key_holder.ts";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import type { Program } from "./support/program.ts";
import { memory } from "./support/process.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { assertContent, idOf } from "./support/served.ts";
import { Witness } from "./support/witness.ts";

/** How long, and which sessions; both are printed, so that a run can be had again. */
const seconds = Number(Deno.env.get("LANYARD_FUZZ_SECONDS") || 60);
const seed = Number(
  Deno.env.get("LANYARD_FUZZ_SEED") || crypto.getRandomValues(new Uint32Array(1)),
);
/** Sessions that there have to be, however long that takes. */
const fewest = 5 * seconds;
/** Sessions at the same time. */
const atOnce = 6;
/** Milliseconds between two looks at the memory. */
const lookEvery = 250;
const MiB = 1024 * 1024;
/** Bytes of memory that no program needs for this. */
const mostMemory = 300 * MiB;
const content = noise(300_000);
const id = idOf(content);
const size = content.length;

/** What memory programs take while something is done, from when they have warmed up. */
class Scales implements Disposable {
  readonly #looks: Map<Program, number[]>;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(...programs: Program[]) {
    this.#looks = new Map(programs.map((program) => [program, []]));
    this.#timer = setInterval(() => {
      for (const [{ pid }, looks] of this.#looks) looks.push(memory(pid));
    }, lookEvery);
  }

  /** Fails if a program took much at any time, or took more and more. */
  assertBounded(): void {
    for (const looks of this.#looks.values()) {
      const third = Math.floor(looks.length / 3);
      const [warm = 0, last = 0] = [looks.slice(third, 2 * third), looks.slice(2 * third)]
        .map(median);
      assertLess(Math.max(...looks), mostMemory);
      const grew = `Memory grew from ${warm} to ${last}`;
      assertLess(last, warm * 1.5 + 20 * MiB, grew);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

async function download(connection: RawConnection): Promise<void> {
  await connection.ask("DOWNLOAD", { id, size, offset: 5, length: 1000 });
  assertEquals((await connection.message()).verb, "FILE");
  assertEquals(await connection.bytes(1000), content.subarray(5, 1005));
}

/** Has a witness at each port that says whether it is served well. */
async function witnesses(scene: Scene, stack: AsyncDisposableStack): Promise<Witness[]> {
  const { tracker, plainPeer, encryptedPeer, member } = scene;
  const plain = stack.use(await RawConnection.greet(tracker.port));
  const mine = { path: "the witness's own.txt", size: 1, modified: 0, id };
  await plain.request("SHARE", { files: [mine] });
  const { connection: encrypted } = await member.holder.greet({
    ...tracker,
    port: tracker.tlsPort,
    purpose: "tracker",
  });
  const { connection: fetching } = await member.holder.greet(
    { ...encryptedPeer, purpose: "peer" },
    { ticket: member.ticket },
  );
  stack.use(encrypted);
  stack.use(fetching);
  const asks = [
    async (): Promise<void> => {
      const { files } = await plain.request("SEARCH", { text: mine.path, exact: true });
      assertEquals((files as { path: string }[])[0]?.path, mine.path);
    },
    async (): Promise<void> => {
      const { verb, ticket } = await encrypted.request("PING");
      assertEquals(verb, "PONG");
      if (typeof ticket === "string") member.ticket = ticket;
    },
    () => download(fetching),
    async (): Promise<void> => {
      using newcomer = await RawConnection.open(plainPeer.port);
      await newcomer.request("HELLO", { version: 2 });
      await download(newcomer);
    },
  ];
  return asks.map((ask) => stack.use(new Witness(ask)));
}

Deno.test("hostile 09 32 33 34 35: sessions that are wrong in any way harm nobody", async () => {
  console.log(`LANYARD_FUZZ_SEED=${seed} LANYARD_FUZZ_SECONDS=${seconds}`);
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(new TempFolder());
  await folder.write("shared/film.mp4", content);
  const shared = join(folder.path, "shared");
  const tracker = stack.use(await startTracker());
  const plain = stack.use(await startShare(tracker.address, [shared]));
  const encrypted = stack.use(await startShare(tracker.link, [shared]));
  const trackerId = parseJoinLink(tracker.link)?.id ?? "";
  const holder = await KeyHolder.make();
  const member = await holder.join(tracker.tlsPort, trackerId);
  stack.use(member.connection);
  const certificateAt = (port: number): Promise<string> =>
    fetchCertificate({ host: "127.0.0.1", port });
  const encryptedPort = Number(encrypted.ready["port"]);
  const scene: Scene = {
    tracker: {
      port: tracker.port,
      tlsPort: tracker.tlsPort,
      id: trackerId,
      certificate: await certificateAt(tracker.tlsPort),
    },
    plainPeer: { port: Number(plain.ready["port"]) },
    encryptedPeer: {
      port: encryptedPort,
      id: String(encrypted.ready["peer"]),
      certificate: await certificateAt(encryptedPort),
    },
    file: { name: "film.mp4", id, size },
    member: { holder, ticket: member.ticket },
  };
  const programs = [tracker.program, plain.program, encrypted.program];

  const watching = await witnesses(scene, stack);
  const fuzz = new Fuzz(seed, fuzzTargets(scene));
  {
    using scales = new Scales(...programs);
    const end = performance.now() + seconds * 1000;
    const isOver = (): boolean => performance.now() > end && fuzz.sessions >= fewest;
    await Promise.all(Array.from({ length: atOnce }, () => fuzz.runUntil(isOver)));
    console.log(`${fuzz.sessions} sessions`);
    for (const witness of watching) await witness.wasServed();
    scales.assertBounded();
  }
  const bugs = tracker.program.lines.filter(({ code }) => code === "internal");
  assertEquals(bugs, []);

  await folder.write("new/new.txt", "new");
  for (const door of [tracker.address, tracker.link]) {
    await using share = await startShare(door, [join(folder.path, "new")]);
    await using visitor = new Visitor(door);
    const out = await folder.folder(`out ${share.program.pid}`);
    for (const [name, expected] of [["film.mp4", content], ["new.txt", "new"]] as const) {
      assertEquals((await visitor.run("get", name, "-o", out)).code, 0);
      const bytes = typeof expected === "string" ? new TextEncoder().encode(expected) : expected;
      await assertContent(join(out, name), bytes);
    }
  }
  for (const program of programs) {
    program.kill("SIGTERM");
    const { code, stderr } = await program.end();
    assertEquals(code, 143);
    assert(!/panic|Uncaught/.test(stderr), stderr);
  }
});

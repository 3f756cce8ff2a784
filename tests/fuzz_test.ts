import { assert, assertEquals, assertLess } from "@std/assert";
import { join } from "@std/path";
import { parseJoinLink } from "../shared/mod.ts";
import { Mutator, randomFrom } from "./support/fuzz.ts";
import { KeyHolder } from "./support/key_holder.ts";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import type { Program } from "./support/program.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { assertContent, idOf } from "./support/served.ts";
import { Witness } from "./support/witness.ts";

/** Seconds of it; more finds more. */
const seconds = Number(Deno.env.get("LANYARD_FUZZ_SECONDS") ?? 60);
/** Another one each time unless given, and printed, so that what failed can be done again. */
const seed = Number(Deno.env.get("LANYARD_FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));
/** Conversations at the same time with each port. */
const atOnce = 2;
/** Bytes of memory that no program passes, and by which none grows once it has warmed up. */
const mostMemory = 300e6;
const mostGrowth = 80e6;

const film = noise(200_000, 3);
const id = idOf(film);

/** What is right to say to a tracker. */
const toTracker = [
  'HELLO {"version":2,"name":"fuzz","port":4000}',
  `SHARE {"files":[{"path":"docs/a.txt","size":5,"modified":1,"id":"${id}"}],"port":4001}`,
  'SHARED {"digest":"d"}',
  'SEARCH {"text":"film","limit":5,"type":"mp4","minSize":1}',
  'LIST {"under":"docs"}',
  `SOURCES {"id":"${id}","size":200000}`,
  "PEERS {}",
  'UNSHARE {"paths":["docs/a.txt"]}',
  'PROVE {"certificate":"x","signature":"y"}',
  `CALL {"peer":"${id}","port":4000}`,
  'ANSWER {"offer":"o","answer":"done"}',
  "PING {}",
  "BYE {}",
];
const toClassicTracker = [
  "HELLO",
  "<a.txt, txt, 5, 01/02/24, 10.0.0.1, 4000>|<b.txt, txt, 6, 01/02/24, 10.0.0.1, 4000>",
  "",
  "SEARCH: film.mp4",
  "BYE",
];
/** What is right to say to a peer. */
const toPeer = [
  'HELLO {"version":2,"ticket":"a.b"}',
  `PIECES {"id":"${id}","size":200000}`,
  `DOWNLOAD {"id":"${id}","size":200000,"offset":0,"length":100000}`,
  `ERROR {"code":"integrity","message":"m","id":"${id}","size":200000}`,
  `UPLOAD {"path":"x","size":1,"id":"${id}"}`,
  'PROVE {"certificate":"x","signature":"y"}',
  "BYE {}",
];
const toClassicPeer = ["DOWNLOAD: film.mp4, mp4, 200000"];

/** Somewhere to say it, and what. */
interface Target {
  open(): Promise<RawConnection>;
  conversations: readonly (readonly string[])[];
}

/** Has broken conversations until the time is over; returns how many. */
async function fuzz(target: Target, random: () => number, until: number): Promise<number> {
  const mutator = new Mutator(random);
  let count = 0;
  for (; performance.now() < until; count++) {
    const { conversations } = target;
    const lines = conversations[Math.floor(random() * conversations.length)] ?? [];
    const patient = random() < 0.3;
    const chunks = mutator.chunks(lines);
    using connection = await target.open();
    try {
      for (const chunk of chunks) await connection.send(chunk);
      if (patient) {
        await connection.finish();
        await connection.rest();
      }
    } catch {
      // It was thrown out, as it should be.
    }
  }
  return count;
}

function memoryOf({ pid }: Program): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ??
    [];
  return Number(kilobytes) * 1024;
}

Deno.test({
  name: `hostile 33 34 39: whatever is said to programs, they live and serve others at once`,
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    // deno-lint-ignore no-console -- without the seed a failure could not be done again
    console.log(`LANYARD_FUZZ_SEED=${seed} LANYARD_FUZZ_SECONDS=${seconds}`);
    await using temp = new TempFolder();
    const path = await temp.write("film.mp4", film);
    await using tracker = await startTracker();
    await using plain = await startShare(tracker.address, [path]);
    await using secure = await startShare(tracker.link, [path]);
    const trackerId = parseJoinLink(tracker.link)?.id ?? "";
    const ana = await KeyHolder.make();
    const { connection: session, ticket } = await ana.join(tracker.tlsPort, trackerId);
    using _session = session;
    using searching = await RawConnection.greet(tracker.port);
    const file = { path: "mine.txt", size: 1, modified: 1, id: "3".repeat(64) };
    await searching.request("SHARE", { files: [file] });
    const [plainPort, securePort] = [plain, secure].map(({ ready }) => Number(ready["port"]));
    const targets: Target[] = [
      {
        open: () => RawConnection.open(tracker.port),
        conversations: [toTracker, toTracker, toClassicTracker],
      },
      {
        open: () => RawConnection.openEncrypted(tracker.tlsPort),
        conversations: [toTracker],
      },
      { open: () => RawConnection.open(tracker.tlsPort), conversations: [toTracker] },
      {
        open: () => RawConnection.open(plainPort ?? 0),
        conversations: [toPeer, toPeer, toClassicPeer],
      },
      { open: () => RawConnection.openEncrypted(securePort ?? 0), conversations: [toPeer] },
      { open: () => RawConnection.open(securePort ?? 0), conversations: [toPeer] },
    ];
    const programs = [tracker, plain, secure].map(({ program }) => program);
    const start = performance.now();
    const until = start + seconds * 1000;
    const random = randomFrom(seed);
    const seeds = targets.map(() => Array.from({ length: atOnce }, () => random() * 2 ** 31));
    const warm = (async () => {
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000 / 2));
      return programs.map(memoryOf);
    })();
    await using witnesses = new AsyncDisposableStack();
    const asking = [
      async () => {
        const { verb } = await searching.request("SEARCH", { text: "mine" });
        assertEquals(verb, "FOUND");
      },
      async () => {
        const { verb } = await session.request("LIST");
        assertEquals(verb, "FOUND");
      },
      async () => {
        const peer = { port: securePort ?? 0, id: String(secure.ready["peer"]) };
        const { connection, answer } = await ana.greet({ ...peer, purpose: "peer" }, { ticket });
        assertEquals(answer.verb, "OK");
        const asked = { id, size: film.length };
        assertEquals((await connection.request("PIECES", asked))["count"], 1);
        connection.close();
      },
    ].map((ask) => witnesses.use(new Witness(ask)));
    const counts = await Promise.all(
      targets.flatMap((target, at) =>
        (seeds[at] ?? []).map((own) => fuzz(target, randomFrom(own), until))
      ),
    );
    assert(counts.every((count) => count > seconds), `too few conversations: ${counts}`);
    for (const witness of asking) await witness.wasServed();
    const before = await warm;
    programs.map(memoryOf).forEach((memory, at) => {
      assertLess(memory, mostMemory);
      assertLess(memory - (before[at] ?? 0), mostGrowth);
    });
    for (const address of [tracker.address, tracker.link]) {
      await using visitor = new Visitor(address);
      const out = await temp.folder(`out ${address.length}`);
      const { code, stderr } = await visitor.run("get", "film.mp4", "-o", out);
      assertEquals(code, 0, stderr);
      await assertContent(join(out, "film.mp4"), film);
    }
  },
});

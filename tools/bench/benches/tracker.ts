import type { Bench, Measured } from "../bench.ts";
import type { Lab } from "../lab.ts";
import { BusyTracker } from "../load/busy_tracker.ts";
import { search, type SearchKind, searchKinds } from "../load/corpus.ts";
import type { LineClient } from "../load/line_client.ts";
import { pipelined, request } from "../load/requests.ts";
import { measured, type Result } from "../result.ts";
import { median, quantile } from "../statistics.ts";
import { units } from "../units.ts";
import { cpuOf, residentMemory } from "../usage.ts";

/** What a tracker can answer. */
export const tracker: Bench = {
  name: "tracker",
  about: "announcements, searches and requests at a tracker with a full index",
  run,
};

/** Connections that send requests at the same time. */
const connections = 64;
/** Requests that each sends together, twice as many of which are under way. */
const batch = { PING: 64, SEARCH: 5 } as const;

/** What was measured in one round. */
interface Round {
  /** Files a second. */
  announced: number;
  /** Bytes of the tracker with its index. */
  memory: number;
  pings: Rate;
  searches: Rate;
  quiet: Latency[];
  announcing: Latency[];
}

interface Rate {
  perSecond: number;
  /** Seconds of the tracker's processor time for each request. */
  cpu: number;
}

/** How long one search took, in ms. */
interface Latency {
  kind: SearchKind;
  ms: number;
}

async function run(lab: Lab): Promise<Measured> {
  const rounds: Round[] = [];
  for (let round = 0; round < lab.rounds; round++) {
    lab.log(`tracker: round ${round + 1} of ${lab.rounds}`);
    rounds.push(await measureRound(lab));
  }
  const files = lab.sizes.indexed.toLocaleString("en");
  const figures = (of: (round: Round) => number): number[] => rounds.map(of);
  const { perSecond, microseconds, megabytes } = units;
  return {
    results: [
      measured(`tracker: announce ${files} files`, perSecond, figures((r) => r.announced), {
        atLeast: 50_000,
      }),
      measured(
        `tracker: memory with ${files} files`,
        megabytes,
        figures(({ memory }) => memory),
      ),
      ...rateResults(`${connections} connections, PING`, rounds.map(({ pings }) => pings)),
      ...rateResults(`${connections} connections, SEARCH`, rounds.map((r) => r.searches)),
      ...latencyResults("search", rounds.map(({ quiet }) => quiet)),
      ...latencyResults("search while announcing", rounds.map(({ announcing }) => announcing)),
    ],
  };

  function rateResults(name: string, rates: readonly Rate[]): Result[] {
    return [
      measured(`tracker: ${name}`, perSecond, rates.map((rate) => rate.perSecond)),
      measured(
        `tracker: ${name}, processor time`,
        microseconds,
        rates.map(({ cpu }) => cpu * 1e6),
      ),
    ];
  }
}

/** Percentiles of all kinds together, which have a budget, and of each. */
function latencyResults(name: string, rounds: readonly Latency[][]): Result[] {
  const of = (share: number, kind?: SearchKind): number[] =>
    rounds.map((latencies) =>
      quantile(
        latencies.filter((latency) => kind === undefined || latency.kind === kind)
          .map(({ ms }) => ms),
        share,
      )
    );
  const { milliseconds } = units;
  const kinds = Object.keys(searchKinds) as SearchKind[];
  return [
    measured(`tracker: ${name}, p50`, milliseconds, of(0.5), { atMost: 5 }),
    measured(`tracker: ${name}, p99`, milliseconds, of(0.99), { atMost: 20 }),
    ...kinds.map((kind): Result => ({
      name: `tracker: ${name}, ${kind}, p50 and p99`,
      ours: [0.5, 0.99].map((share) => milliseconds(median(of(share, kind)))).join(", "),
    })),
  ];
}

async function measureRound(lab: Lab): Promise<Round> {
  const { indexed, announced: further, seconds, searches } = lab.sizes;
  await using busy = await BusyTracker.start(lab);
  const announced = await busy.announce(indexed);
  const memory = residentMemory(busy.child.pid);
  const clients = await Promise.all(
    Array.from({ length: connections }, () => busy.joinAsMember()),
  );
  const pings = await flood(busy, clients, seconds, Array(batch.PING).fill(request("PING")));
  const mix = Array.from({ length: batch.SEARCH }, (_, number) => search(number, indexed).bytes);
  const searched = await flood(busy, clients, seconds, mix);
  const searcher = await busy.joinAsMember();
  const quiet = await timeSearches(searcher, indexed, (number) => number < searches);
  const announce = await busy.prepare(further);
  let running = true;
  const more = announce().finally(() => running = false);
  const announcing = await timeSearches(searcher, indexed, () => running);
  await more;
  return { announced, memory, pings, searches: searched, quiet, announcing };
}

/** Sends batches over all connections for a while, the next before the last one is answered. */
async function flood(
  { child: { pid } }: BusyTracker,
  clients: readonly LineClient[],
  seconds: number,
  batch: readonly Uint8Array[],
): Promise<Rate> {
  const requests = pipelined(batch);
  const start = performance.now();
  const cpu = cpuOf(pid);
  const end = start + seconds * 1000;
  const sent = await Promise.all(clients.map(async (client) => {
    const before = client.answers;
    let sent = 0;
    while (performance.now() < end) {
      await client.send(requests);
      await client.answered(before + sent);
      sent += batch.length;
    }
    await client.answered(before + sent);
    return sent;
  }));
  const total = sent.reduce((sum, value) => sum + value, 0);
  return {
    perSecond: total / ((performance.now() - start) / 1000),
    cpu: (cpuOf(pid) - cpu) / total,
  };
}

/** Searches one after the other, as long as there is reason to. */
async function timeSearches(
  client: LineClient,
  files: number,
  goesOn: (number: number) => boolean,
): Promise<Latency[]> {
  const latencies: Latency[] = [];
  for (let number = 0; goesOn(number); number++) {
    const { kind, bytes } = search(number, files);
    const start = performance.now();
    await client.send(bytes);
    await client.answered(client.answers + 1);
    latencies.push({ kind, ms: performance.now() - start });
  }
  return latencies;
}

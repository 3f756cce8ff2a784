import type { Asker } from "./asker.ts";
import { Latencies, type LatencySummary, summary } from "./latencies.ts";
import { follow, Schedule } from "./schedule.ts";
import type { LoadSearch } from "./search_mix.ts";

/** Milliseconds that the last answers may take. */
const patience = 60_000;

/** How long searches took. */
export interface Searching {
  perSecond: number;
  all: LatencySummary;
  byKind: Record<string, LatencySummary>;
  /** How much later than they were due the searches were sent, which is in their latencies, too. */
  late?: LatencySummary;
  /** Searches that were not answered in time. */
  unanswered: number;
}

/** How searches are sent. */
export interface Pace {
  seconds: number;
  /** Searches a second; as many as are answered if missing. */
  rate?: number;
}

/**
 * Searches over several connections for a while, and measures how long that takes.
 *
 * @param searches what to search for, one after the other, and again from the beginning
 */
export async function search(
  askers: readonly Asker[],
  searches: readonly LoadSearch[],
  { seconds, rate }: Pace,
): Promise<Searching> {
  return rate === undefined
    ? await inTurn(askers, searches, seconds)
    : await onTime(askers, searches, new Schedule(rate, seconds));
}

/** Open loop: searches come when they are due, and wait from then on. */
async function onTime(
  askers: readonly Asker[],
  searches: readonly LoadSearch[],
  schedule: Schedule,
): Promise<Searching> {
  const latencies = new Latencies();
  const late: number[] = [];
  const start = performance.now();
  await follow(schedule, (number, due) => {
    const { kind, bytes } = pick(searches, number);
    late.push(performance.now() - due);
    pick(askers, number).ask(bytes, (at) => latencies.add(kind, at - due));
  });
  const seconds = (performance.now() - start) / 1000;
  const open = (): number => askers.reduce((sum, { unanswered }) => sum + unanswered, 0);
  for (const end = performance.now() + patience; open() > 0 && performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { all, byKind } = latencies;
  const unanswered = open();
  const answered = schedule.count - unanswered;
  return { perSecond: answered / seconds, all, byKind, late: summary(late), unanswered };
}

/** Closed loop: each connection searches again when it has its answer. */
async function inTurn(
  askers: readonly Asker[],
  searches: readonly LoadSearch[],
  seconds: number,
): Promise<Searching> {
  const latencies = new Latencies();
  const start = performance.now();
  const end = start + seconds * 1000;
  let number = 0;
  await Promise.all(askers.map(async (asker) => {
    while (performance.now() < end) {
      const { kind, bytes } = pick(searches, number++);
      const sent = performance.now();
      latencies.add(kind, await asker.answer(bytes) - sent);
    }
  }));
  const { all, byKind } = latencies;
  const perSecond = all.count / ((performance.now() - start) / 1000);
  return { perSecond, all, byKind, unanswered: 0 };
}

function pick<T>(list: readonly T[], number: number): T {
  const value = list[number % list.length];
  if (value === undefined) throw new RangeError("There is nothing to choose from");
  return value;
}

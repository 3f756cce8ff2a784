import { parseSharePath } from "../../shared/mod.ts";
import { formatBytes } from "../output.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import type { Finding } from "./finding.ts";

/** How fast the way to the tracker is. */
export interface Speed {
  /** Milliseconds from a request to its answer: the median. */
  roundTrip: number;
  /** Bytes a second that the tracker takes, at least: it has to read them, too. */
  rate: number;
}

/** Requests whose answers are timed. */
const pings = 11;
/** Paths of one line that is sent to be ignored: 14 of 4,000 bytes nearly fill it. */
const pathsOfLine = 14;
/** Lines sent at most, 4 MB in all: more would be felt by others. */
const mostLines = 72;
/** Lines under way at a time: less than a tracker takes before it stops reading. */
const atOnce = 8;
/** Milliseconds after which what has been sent has to do. */
const longest = 2000;

/** Milliseconds from which on a network is slow for a local one. */
const slowRoundTrip = 100;
/** Bytes a second below which a network is slow for a local one: less than the oldest wireless one. */
const slowRate = 1e6;

/** Measures the way to the tracker, by requests that change nothing there. */
export async function measure(client: Pick<TrackerClient, "request">): Promise<Speed> {
  const times: number[] = [];
  for (let at = 0; at < pings; at++) {
    const start = performance.now();
    await client.request({ verb: "PING" });
    times.push(performance.now() - start);
  }
  const roundTrip = times.toSorted((a, b) => a - b)[Math.floor(pings / 2)] ?? 0;
  return { roundTrip, rate: await measureRate(client) };
}

/** Takes back paths that were never announced, which is nothing to the tracker but to read them. */
async function measureRate(client: Pick<TrackerClient, "request">): Promise<number> {
  const folder = crypto.randomUUID();
  const deep = `${"x".repeat(250)}/`.repeat(15);
  const paths = Array.from(
    { length: pathsOfLine },
    (_, at) => parseSharePath(`${folder}/${deep}${at}`),
  );
  const bytes = paths.reduce((sum, path) => sum + path.length, 0);
  const start = performance.now();
  let sent = 0;
  let answered = 0;
  const send = async (): Promise<void> => {
    while (sent < mostLines && performance.now() - start < longest) {
      sent++;
      await client.request({ verb: "UNSHARE", paths });
      answered++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, send));
  return answered * bytes / (performance.now() - start) * 1000;
}

/** Judges the way to the tracker. */
export function judgeSpeed({ roundTrip, rate }: Speed): Finding {
  const name = "speed";
  const message = `An answer of the tracker takes ${formatMs(roundTrip)}; it takes at least ` +
    `${formatBytes(rate)} a second`;
  if (roundTrip <= slowRoundTrip && rate >= slowRate) return { name, verdict: "ok", message };
  return {
    name,
    verdict: "warning",
    message,
    remedy: "That is slow for a local network; use a cable, or go nearer to the access point",
  };
}

function formatMs(ms: number): string {
  return ms < 9.95 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

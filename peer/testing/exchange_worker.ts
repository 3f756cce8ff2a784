/// <reference lib="deno.worker" />
/** Exchanges what has a name for something else and back, as fast as it can: a hostile neighbour. */

declare const self: DedicatedWorkerGlobalScope;

/** What is exchanged, by its paths. */
export interface Exchange {
  /** The name at which others look. */
  place: string;
  /** What takes its place now and then. */
  other: string;
  /** Milliseconds for which each of them is there: one after the other, again and again. */
  pauses: readonly number[];
  /** Becomes 1 when it is enough. */
  stop: Int32Array;
}

self.onmessage = ({ data }: MessageEvent<Exchange>): void => {
  const { place, other, pauses, stop } = data;
  for (let round = 0; Atomics.load(stop, 0) === 0; round++) {
    const pause = pauses[round % pauses.length] ?? 0;
    Deno.renameSync(place, `${place}.aside`);
    Deno.renameSync(other, place);
    spin(pause);
    Deno.renameSync(place, other);
    Deno.renameSync(`${place}.aside`, place);
    spin(pause);
    if (round === 0) self.postMessage("started");
  }
  self.postMessage("stopped");
};

/** A wait by a timer would be as long as a thousand exchanges. */
function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

/// <reference lib="deno.worker" />
/** Opens hash caches at the same moments as other workers, as programs that start together do. */
import { HashCache } from "../sharing/hash_cache.ts";

declare const self: DedicatedWorkerGlobalScope;

/** The folders to open one after the other, and where the workers count who is there. */
export interface OpenTogether {
  folders: string[];
  arrived: Int32Array;
  workers: number;
}

self.onmessage = ({ data }: MessageEvent<OpenTogether>): void => {
  const { folders, arrived, workers } = data;
  const errors: string[] = [];
  folders.forEach((folder, round) => {
    Atomics.add(arrived, 0, 1);
    while (Atomics.load(arrived, 0) < workers * (round + 1)); // A wake-up would spread them.
    try {
      HashCache.open(folder).close();
    } catch (error) {
      errors.push(String(error));
    }
  });
  self.postMessage(errors);
};

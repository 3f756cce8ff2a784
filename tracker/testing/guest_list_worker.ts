/// <reference lib="deno.worker" />
/** Opens guest lists at the same moments as other workers, as trackers that start together do. */
import { encodeHex } from "@std/encoding";
import { GuestList } from "../guest_list.ts";

declare const self: DedicatedWorkerGlobalScope;

/** The files to open one after the other, and where the workers count who is there. */
export interface OpenTogether {
  files: string[];
  arrived: Int32Array;
  workers: number;
}

/** The invite key that was found in each file, or what went wrong. */
self.onmessage = ({ data }: MessageEvent<OpenTogether>): void => {
  const { files, arrived, workers } = data;
  const found = files.map((file, round) => {
    Atomics.add(arrived, 0, 1);
    while (Atomics.load(arrived, 0) < workers * (round + 1)); // A wake-up would spread them.
    try {
      const list = GuestList.open(file);
      const key = encodeHex(list.inviteKey);
      list.close();
      return key;
    } catch (error) {
      return String(error);
    }
  });
  self.postMessage(found);
};

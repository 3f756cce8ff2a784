/// <reference lib="deno.worker" />
/** Hashes pieces of shared files away from the thread that serves. */
import { concat } from "@std/bytes";
import {
  hashBlocks,
  LanyardError,
  limits,
  pieceHashFromBlocks,
  pieceSpan,
  reasonOf,
} from "../../shared/mod.ts";
import { countHashed } from "../hash_garbage.ts";
import { type OnDisk, openShared } from "./open_shared.ts";

declare const self: DedicatedWorkerGlobalScope;

/** Pieces `first` to `first + count - 1` of a file. */
export interface HashTask {
  task: number;
  file: OnDisk;
  first: number;
  count: number;
}

/** The hashes of those pieces, one after the other, or why there are none. */
export type HashResult =
  | { task: number; hashes: Uint8Array<ArrayBuffer> }
  | { task: number; changed: boolean; error: string };

const buffer = new Uint8Array(limits.unitBytes);

self.onmessage = ({ data }: MessageEvent<HashTask>): void => {
  const { task, file, first, count } = data;
  try {
    const hashes = hashRun(file, first, count);
    const result: HashResult = { task, hashes };
    self.postMessage(result, [hashes.buffer]);
  } catch (error) {
    const changed = error instanceof LanyardError && error.code === "changed";
    self.postMessage({ task, changed, error: reasonOf(error) } satisfies HashResult);
  }
};

function hashRun(file: OnDisk, first: number, count: number): Uint8Array<ArrayBuffer> {
  const { size } = file.stamp;
  using open = openShared(file);
  const hashes: Uint8Array[] = [];
  for (let index = first; index < first + count; index++) {
    const leaves: Uint8Array[] = [];
    const { offset, length } = pieceSpan(size, index);
    for (let hashed = 0; hashed < length;) {
      const chunk = buffer.subarray(0, Math.min(length - hashed, buffer.length));
      open.fillSync(offset + hashed, chunk);
      leaves.push(hashBlocks(chunk));
      countHashed(chunk.length);
      hashed += chunk.length;
    }
    hashes.push(pieceHashFromBlocks(concat(leaves), size));
  }
  open.check();
  return concat(hashes);
}

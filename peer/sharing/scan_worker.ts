/// <reference lib="deno.worker" />
/** Scans shared folders away from the thread that serves. */
import { reasonOf } from "../../shared/mod.ts";
import type { Exclusion, LeftOutReason } from "./left_out.ts";
import type { Root } from "./roots.ts";
import { type FoundOnDisk, scan } from "./scan.ts";

declare const self: DedicatedWorkerGlobalScope;

/** What to scan. */
export interface ScanTask {
  task: number;
  root: Root;
  exclusions: readonly Exclusion[];
  under: string;
}

/** A part of what a scan saw; the last part says so. */
export interface ScanBatch {
  task: number;
  found: FoundOnDisk[];
  leftOut: LeftOutReason[];
  last: boolean;
  error?: string;
}

/** Files in one message: large enough that messages cost little, small enough to be taken in 5 ms. */
const batchFiles = 500;

self.onmessage = ({ data }: MessageEvent<ScanTask>): void => {
  const { task, root, exclusions, under } = data;
  let batch: ScanBatch = { task, found: [], leftOut: [], last: false };
  const send = (end: Partial<ScanBatch>): void => {
    self.postMessage({ ...batch, ...end });
    batch = { task, found: [], leftOut: [], last: false };
  };
  try {
    for (const scanned of scan(root, exclusions, under)) {
      if ("found" in scanned) batch.found.push(scanned.found);
      else batch.leftOut.push(scanned.leftOut);
      if (batch.found.length === batchFiles) send({});
    }
    send({ last: true });
  } catch (error) {
    send({ last: true, error: reasonOf(error) });
  }
};

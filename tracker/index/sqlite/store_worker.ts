/// <reference lib="deno.worker" />
/** The thread of a store. */
import type { StoreRequest } from "./calls.ts";
import { SqliteStore } from "./store.ts";
import { WorkQueue } from "./work_queue.ts";

declare const self: DedicatedWorkerGlobalScope;

/** The first message: what the store is. */
export interface StoreStart {
  instance: string;
  mostFiles: number;
}

let queue: WorkQueue | undefined;
let isRunning = false;

// A message to ourselves comes behind those that have come meanwhile, and sooner than any timer.
const { port1: mill, port2: wheel } = new MessageChannel();
wheel.onmessage = turn;

self.onmessage = ({ data }: MessageEvent<StoreStart | StoreRequest>): void => {
  if (!("method" in data)) {
    const store = new SqliteStore(data.instance, data.mostFiles);
    queue = new WorkQueue(store, (reply) => self.postMessage(reply), () => performance.now());
    return;
  }
  queue?.add(data);
  if (isRunning) return;
  isRunning = true;
  mill.postMessage(undefined);
};

function turn(): void {
  queue?.work();
  isRunning = queue?.isBusy === true;
  if (isRunning) mill.postMessage(undefined);
}

/// <reference lib="deno.worker" />
/** The thread of a store. */
import { readyCall, type StoreReply, type StoreRequest } from "./calls.ts";
import { SqliteStore, type StoreLimits } from "./store.ts";
import { WorkQueue } from "./work_queue.ts";

declare const self: DedicatedWorkerGlobalScope;

/** The first message: what the store is. */
export interface StoreStart extends StoreLimits {
  instance: string;
}

let queue: WorkQueue | undefined;
let isRunning = false;

// A message to ourselves comes behind those that have come meanwhile, and sooner than any timer.
const { port1: mill, port2: wheel } = new MessageChannel();
wheel.onmessage = turn;

self.onmessage = ({ data }: MessageEvent<StoreStart | StoreRequest>): void => {
  if (!("method" in data)) {
    const store = new SqliteStore(data.instance, data);
    queue = new WorkQueue(store, (reply) => self.postMessage(reply), () => performance.now());
    const ready: StoreReply = { call: readyCall, answer: undefined };
    return self.postMessage(ready);
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

/// <reference lib="deno.worker" />
/** The thread of a store. */
import { receiveMessageOnPort } from "node:worker_threads";
import { type Opened, readyCall, type StoreReply, type StoreRequest } from "./calls.ts";
import { openIndexFile } from "./index_file.ts";
import { SqliteStore } from "./store.ts";
import { describeError, WorkQueue } from "./work_queue.ts";
import type { StoreLimits } from "./writes.ts";

declare const self: DedicatedWorkerGlobalScope;

/** The first message: what the store is. */
export interface StoreStart extends StoreLimits {
  instance: string;
  /** The file it is in; in memory if missing. */
  file?: string;
  /** Whether what is in the file is forgotten. */
  fresh?: boolean;
}

let queue: WorkQueue | undefined;
let isRunning = false;
/** Where requests come in: a port that can be emptied before the next slice of work. */
let inbox: MessagePort | undefined;

// A message to ourselves comes behind those that have come meanwhile, and sooner than any timer.
const { port1: mill, port2: wheel } = new MessageChannel();
wheel.onmessage = turn;

self.onmessage = ({ data, ports: [port] }: MessageEvent<StoreStart>): void => {
  self.postMessage([begin(data)]);
  inbox = port;
  if (inbox !== undefined) inbox.onmessage = ({ data }: MessageEvent<string>) => take(data);
};

function take(message: string): void {
  const request: StoreRequest = JSON.parse(message);
  if (request.method === "close") {
    queue?.close();
    queue = undefined;
    const closed: StoreReply = { call: request.call, answer: undefined };
    return self.postMessage([closed]);
  }
  queue?.add(request);
  if (!isRunning) turn();
}

function begin({ instance, file, fresh = false, ...limits }: StoreStart): StoreReply {
  try {
    const database = file === undefined ? undefined : openIndexFile(file, fresh);
    const store = new SqliteStore(instance, limits, database);
    queue = new WorkQueue(store, (replies) => self.postMessage(replies), () => performance.now());
    const opened: Opened = { restored: store.restored() };
    return { call: readyCall, answer: opened };
  } catch (error) {
    return { call: readyCall, ...describeError(error) };
  }
}

function turn(): void {
  isRunning = true;
  // The loop takes one message between two turns: a thousand that vanish would keep others waiting.
  while (inbox !== undefined) {
    const next = receiveMessageOnPort(inbox as never);
    if (next === undefined) break;
    take(next.message);
  }
  queue?.work();
  isRunning = queue?.isBusy === true;
  if (isRunning) mill.postMessage(undefined);
}

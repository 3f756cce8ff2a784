/// <reference lib="deno.worker" />
/** Verifies and writes pieces away from the thread that receives them. */
import { LanyardError, pieceLength } from "../../shared/mod.ts";
import { checkFreeSpace } from "./free_space.ts";
import { type Finish, PartFile } from "./part_file.ts";
import { type SmallFile, type Stored, storeSmall } from "./small_store.ts";
import { type PartOptions, type Taken, toLanyardError } from "./placing.ts";
import type { ErrorCode } from "../../shared/mod.ts";

declare const self: DedicatedWorkerGlobalScope;

/** What the worker can be asked, and what it answers. `file` is the number of an open part. */
export interface WriterCalls {
  open: { ask: { file: number; options: PartOptions }; answer: undefined };
  /** Answers the bitmap of what an earlier run left. */
  resume: { ask: { file: number; hashes: Uint8Array }; answer: Uint8Array<ArrayBuffer> };
  /** Copies what is missing from another file of this machine; answers what is there then. */
  adopt: { ask: { file: number; from: string }; answer: Uint8Array<ArrayBuffer> };
  /**
   * Hands the buffer over and back; `right` tells whether it was the piece, and is written.
   * `verified` says that this was found out already.
   */
  write: {
    ask: { file: number; piece: number; length: number; buffer: ArrayBuffer; verified: boolean };
    answer: { right: boolean; buffer: ArrayBuffer };
  };
  /** Stores complete small files, whose bytes are in one buffer. */
  store: {
    ask: { files: SmallFile[]; bytes: Uint8Array<ArrayBuffer>; taken: Taken };
    answer: Stored[];
  };
  read: { ask: { file: number; piece: number }; answer: Uint8Array<ArrayBuffer> };
  finish: { ask: { file: number; finish: Finish }; answer: string };
  close: { ask: { file: number; discard: boolean }; answer: undefined };
  /** Closes every part. */
  end: { ask: Record<never, never>; answer: undefined };
}

/** A request to the worker. */
export type WriterRequest = {
  [C in keyof WriterCalls]: { call: number; method: C; ask: WriterCalls[C]["ask"] };
}[keyof WriterCalls];

/** The worker's answer to a call, or that an `open` has to wait for another process. */
export type WriterReply =
  | { call: number; answer: unknown }
  | { call: number; waiting: true }
  | { call: number; code: ErrorCode; message: string; buffer?: ArrayBuffer };

interface Open {
  options: PartOptions;
  part: PartFile;
  hashes: Uint8Array;
}

const parts = new Map<number, Open>();

self.onmessage = async ({ data }: MessageEvent<WriterRequest>): Promise<void> => {
  const { call } = data;
  const buffer = data.method === "write" ? data.ask.buffer : undefined;
  const handOver = buffer === undefined ? [] : [buffer];
  try {
    const answer = await serve(data);
    self.postMessage({ call, answer } satisfies WriterReply, handOver);
  } catch (error) {
    const { code, message } = error instanceof LanyardError ? error : toLanyardError(error);
    const reply = { call, code, message, ...(buffer === undefined ? {} : { buffer }) };
    self.postMessage(reply satisfies WriterReply, handOver);
  }
};

/** Writing is done before anything is awaited, so that one write never meets another. */
async function serve(request: WriterRequest): Promise<unknown> {
  switch (request.method) {
    case "open": {
      const { file, options } = request.ask;
      const tellWaiting = (): void => self.postMessage({ call: request.call, waiting: true });
      const part = await PartFile.open(options, tellWaiting);
      parts.set(file, { options, part, hashes: new Uint8Array() });
      return undefined;
    }
    case "resume": {
      const entry = find(request.ask.file);
      entry.hashes = request.ask.hashes;
      const have = entry.part.resume(entry.hashes);
      const { destination, size } = entry.options;
      checkFreeSpace(destination.folder, size - have.count * pieceLength(size));
      entry.part.prepare();
      return have.toBytes();
    }
    case "adopt": {
      const { part, hashes } = find(request.ask.file);
      return part.adopt(request.ask.from, hashes).toBytes();
    }
    case "write": {
      const { file, piece, length, buffer, verified } = request.ask;
      const { part, hashes } = find(file);
      const bytes = new Uint8Array(buffer, 0, length);
      if (!verified) return { right: part.write(piece, bytes, hashes), buffer };
      part.put(piece, bytes);
      return { right: true, buffer };
    }
    case "store": {
      const { files, bytes, taken } = request.ask;
      return await storeSmall(files, bytes, taken);
    }
    case "read":
      return find(request.ask.file).part.read(request.ask.piece);
    case "finish": {
      const { file, finish } = request.ask;
      const path = await find(file).part.finish(finish);
      parts.delete(file);
      return path;
    }
    case "end":
      for (const { part } of parts.values()) part.close();
      parts.clear();
      return undefined;
    case "close":
      parts.get(request.ask.file)?.part.close(request.ask.discard);
      parts.delete(request.ask.file);
      return undefined;
  }
}

function find(file: number): Open {
  const entry = parts.get(file);
  if (entry === undefined) throw new LanyardError("io", "The download was closed already");
  return entry;
}

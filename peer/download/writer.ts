import { countHashed } from "../hash_garbage.ts";
import { isPiece, LanyardError } from "../../shared/mod.ts";
import type { Finish } from "./part_file.ts";
import type { PartOptions, Taken } from "./placing.ts";
import type { SmallFile, Stored } from "./small_store.ts";
import { PieceSet } from "./piece_set.ts";
import type { WriterCalls, WriterReply, WriterRequest } from "./writer_worker.ts";

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Error): void;
  onWait(): void;
  giveBack(buffer: ArrayBuffer): void;
}

/** The worker that verifies and writes pieces: one for all downloads of a process. */
export class Writer {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;
  #files = 0;

  constructor() {
    this.#worker = new Worker(new URL("./writer_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<WriterReply>) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of this.#pending.values()) reject(new Error(event.message));
      this.#pending.clear();
    };
  }

  /**
   * Opens the part of a download.
   *
   * @param onWait called if another process has it; then this waits for that one.
   * @throws {LanyardError} `io`, `full`.
   */
  async open(options: PartOptions, onWait: () => void): Promise<PartHandle> {
    const file = this.#files++;
    await this.#call("open", { file, options }, { onWait });
    return new PartHandle(
      file,
      options.size,
      (method, ask, extra) => this.#call(method, ask, extra),
    );
  }

  /** Stores complete small files, whose bytes are in one buffer, which is handed over. */
  store(
    files: SmallFile[],
    bytes: Uint8Array<ArrayBuffer>,
    taken: Taken,
  ): Promise<Stored[]> {
    return this.#call("store", { files, bytes, taken }, { transfer: [bytes.buffer] });
  }

  /** Closes the parts that are still open, as for another run, and ends the worker. */
  async close(): Promise<void> {
    await this.#call("end", {}).catch(nothing); // They are found by another run all the same.
    this.#worker.terminate();
  }

  #call: Call = (method, ask, { transfer = [], onWait = nothing, giveBack = nothing } = {}) => {
    const call = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#pending.set(call, {
        resolve: resolve as (answer: unknown) => void,
        reject,
        onWait,
        giveBack,
      });
      this.#worker.postMessage({ call, method, ask } as WriterRequest, transfer);
    });
  };

  #take(reply: WriterReply): void {
    const pending = this.#pending.get(reply.call);
    if (pending === undefined) return;
    if ("waiting" in reply) return pending.onWait();
    this.#pending.delete(reply.call);
    if ("answer" in reply) return pending.resolve(reply.answer);
    if (reply.buffer !== undefined) pending.giveBack(reply.buffer);
    pending.reject(new LanyardError(reply.code, reply.message));
  }
}

/**
 * Pieces waiting for the worker from which on the thread that receives verifies them itself: two
 * cores share the work then, whichever of them the disk or the network leaves more time.
 */
const longQueue = 2;

interface CallOptions {
  transfer?: Transferable[];
  onWait?: () => void;
  giveBack?: (buffer: ArrayBuffer) => void;
}

type Call = <C extends keyof WriterCalls>(
  method: C,
  ask: WriterCalls[C]["ask"],
  options?: CallOptions,
) => Promise<WriterCalls[C]["answer"]>;

/** An open part, seen from the thread that receives. */
export class PartHandle {
  readonly #file: number;
  readonly #call: Call;
  readonly size: number;
  #hashes: Uint8Array = new Uint8Array();
  /** Pieces that the worker has not written yet. */
  #queued = 0;

  constructor(file: number, size: number, call: Call) {
    this.#file = file;
    this.size = size;
    this.#call = call;
  }

  /** Keeps what is right of what an earlier run left; tells which pieces those are. */
  async resume(hashes: Uint8Array, pieces: number): Promise<PieceSet> {
    this.#hashes = hashes;
    return toSet(await this.#call("resume", { file: this.#file, hashes }), pieces);
  }

  /** Copies what is missing from a file of this machine, as far as it is right. */
  async adopt(from: string, pieces: number): Promise<PieceSet> {
    return toSet(await this.#call("adopt", { file: this.#file, from }), pieces);
  }

  /**
   * Writes a piece if it is the right one.
   *
   * @param buffer handed over; comes back in the answer, or through `giveBack` if writing fails
   */
  async write(
    piece: number,
    length: number,
    buffer: ArrayBuffer,
    giveBack: (buffer: ArrayBuffer) => void,
  ): Promise<{ right: boolean; buffer: ArrayBuffer }> {
    const verified = this.#queued >= longQueue;
    if (verified) {
      countHashed(length);
      const bytes = new Uint8Array(buffer, 0, length);
      if (!isPiece(bytes, this.size, piece, this.#hashes)) return { right: false, buffer };
    }
    const ask = { file: this.#file, piece, length, buffer, verified };
    this.#queued++;
    try {
      return await this.#call("write", ask, { transfer: [buffer], giveBack });
    } finally {
      this.#queued--;
    }
  }

  /** Reads a verified piece back. */
  read(piece: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#call("read", { file: this.#file, piece });
  }

  /** Gives the complete file its name; returns its path. */
  finish(finish: Finish): Promise<string> {
    return this.#call("finish", { file: this.#file, finish });
  }

  /** Closes the part; it stays for a later run unless it is discarded. */
  async close(discard = false): Promise<void> {
    await this.#call("close", { file: this.#file, discard });
  }
}

function toSet(bitmap: Uint8Array, pieces: number): PieceSet {
  const set = PieceSet.fromBytes(bitmap, pieces);
  if (set === undefined) throw new RangeError("The writer answered a bitmap of another length");
  return set;
}

function nothing(): void {}

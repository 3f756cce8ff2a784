import { within } from "../../net/mod.ts";
import {
  type ContentId,
  decodeMessage,
  encodeMessage,
  fromErrorMessage,
  hashLength,
  isPieceList,
  LanyardError,
  limits,
  peerReplies,
  type PeerReply,
  type PeerRequest,
  pieceCount,
  type Wire,
} from "../../shared/mod.ts";
import { decodeBase64 } from "@std/encoding";
import { PieceSet } from "./piece_set.ts";

/** A part of a file that is asked for. */
export interface Range {
  id: ContentId;
  size: number;
  offset: number;
  length: number;
}

/** Takes the bytes of a range, in order: `fill` reads the next ones into a buffer of its choice. */
export interface Sink {
  take(offset: number, length: number, fill: (into: Uint8Array) => Promise<void>): Promise<void>;
}

type Reply<V extends PeerReply["verb"]> = Extract<PeerReply, { verb: V }>;

interface Pending {
  /** Reads the answer, and the bytes behind it. */
  read(reply: PeerReply): Promise<"more" | "done">;
  reject(error: LanyardError): void;
}

/** Milliseconds a source may let us wait for the next byte it owes us. */
const patience = 30_000;
/** Milliseconds between looks for that. */
const watchEvery = 5000;

/**
 * A connection to a peer that has files we want. Requests are pipelined; answers come in order.
 *
 * Most links own their connection. One that is lent to us, by whoever sends us a file over it, is
 * read only while answers are due, and stays open when we are done with it.
 */
export class SourceLink {
  readonly #wire: Wire;
  readonly #owned: boolean;
  readonly #closed: () => void;
  readonly #pending: Pending[] = [];
  readonly #watch: ReturnType<typeof setInterval>;
  #failure: LanyardError | undefined;
  #reading = false;
  #listening: Promise<void> = Promise.resolve();
  #outstanding = 0;
  /** Whether it is we who do not read, because the disk does not keep up. */
  #paused = false;
  #progress = { bytes: 0, at: performance.now() };

  private constructor(wire: Wire, owned: boolean, closed: () => void) {
    this.#wire = wire;
    this.#owned = owned;
    this.#closed = closed;
    this.#watch = setInterval(() => this.#checkProgress(), watchEvery);
    if (owned) this.#listening = this.#listen();
  }

  /**
   * Takes a connection over on which both sides know each other.
   *
   * @param closed told when it is closed
   */
  static over(wire: Wire, closed: () => void = () => {}): SourceLink {
    return new SourceLink(wire, true, closed);
  }

  /** Uses somebody's connection while that somebody waits for us. */
  static borrow(wire: Wire): SourceLink {
    return new SourceLink(wire, false, () => {});
  }

  /** Bytes asked for and not yet received. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** Whether the connection can still be used. */
  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  /**
   * Fetches the piece list of some content, verified against its id.
   *
   * @throws {LanyardError} `integrity` if the source sends another list, or its ERROR.
   */
  async pieces(id: ContentId, size: number): Promise<Uint8Array<ArrayBuffer>> {
    const count = pieceCount(size);
    const hashes = new Uint8Array(count * hashLength);
    await this.#ask({ verb: "PIECES", id, size }, "HASHES", async (reply) => {
      if (reply.count !== count) {
        throw new LanyardError("integrity", `The source sent ${reply.count} of ${count} hashes`);
      }
      await this.#wire.readFull(hashes);
    });
    if (!isPieceList(hashes, id, size)) {
      throw new LanyardError("integrity", "The source sent a piece list of other content");
    }
    return hashes;
  }

  /**
   * Asks which pieces the source has.
   *
   * @returns `undefined` if it has all of them.
   * @throws {LanyardError} `syntax` if it answers nonsense, or its ERROR.
   */
  async have(id: ContentId, size: number): Promise<PieceSet | undefined> {
    let bitmap: string | undefined;
    await this.#ask({ verb: "PIECES", id, size, brief: true }, "HASHES", ({ count, have }) => {
      bitmap = have;
      if (count === 0) return Promise.resolve();
      throw new LanyardError("syntax", "The source sent hashes that were not asked for");
    });
    return bitmap === undefined ? undefined : readBitmap(bitmap, pieceCount(size));
  }

  /**
   * Fetches a range. Resolves when all of it went to the sink.
   *
   * @throws {LanyardError} the source's ERROR, or `closed` or `timeout` if the connection fails.
   */
  download(range: Range, sink: Sink): Promise<void> {
    let next = range.offset;
    const end = range.offset + range.length;
    this.#outstanding += range.length;
    let received = 0;
    const done = this.#request({ verb: "DOWNLOAD", ...range }, async (reply) => {
      if (reply.verb !== "FILE") throw unexpected(reply.verb);
      const { offset, length } = reply;
      if (offset !== next || length === 0 || offset + length > end) {
        throw new LanyardError("syntax", "The source sent another range than it was asked for");
      }
      this.#paused = true;
      await sink.take(offset, length, async (into) => {
        this.#paused = false;
        await this.#wire.readFull(into);
        received += into.length;
        this.#outstanding -= into.length;
        this.#paused = true;
      });
      this.#paused = false;
      next += length;
      return next === end ? "done" : "more";
    });
    return done.finally(() => this.#outstanding -= range.length - received);
  }

  /** Milliseconds for which the source has owed us something and sent nothing. */
  silence(): number {
    const now = performance.now();
    const { progress } = this.#wire;
    if (this.#pending.length === 0 || this.#paused || progress !== this.#progress.bytes) {
      this.#progress = { bytes: progress, at: now };
    }
    return now - this.#progress.at;
  }

  /** Tells the source that it sent wrong bytes, so that it looks at its file again. */
  complain(id: ContentId, size: number): void {
    const message = "A piece was not what its hash says";
    const complaint: PeerRequest = { verb: "ERROR", code: "integrity", message, id, size };
    void this.#wire.send(encodeMessage(complaint));
  }

  /** Closes the connection; what is under way fails. */
  close(error = new LanyardError("closed", "The connection to the source was closed")): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    clearInterval(this.#watch);
    if (this.#owned) this.#wire.close();
    this.#closed();
    for (const { reject } of this.#pending.splice(0)) reject(error);
  }

  /**
   * Gives a borrowed connection back: nothing of ours is read from it any more.
   *
   * @throws {LanyardError} `timeout` if the source still owes us something and does not send it.
   */
  async giveBack(): Promise<void> {
    this.close();
    const isOver = this.#listening.then(() => true);
    if (await within(isOver, patience) === undefined) throw stopped();
  }

  /** Sends what is queued, such as a complaint, and closes; what is under way fails. */
  async finish(error?: LanyardError): Promise<void> {
    await this.#wire.send(new Uint8Array()).catch(() => {}); // Then nobody is left to be told.
    this.close(error);
  }

  #ask<V extends PeerReply["verb"]>(
    request: PeerRequest,
    verb: V,
    then: (reply: Reply<V>) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    return this.#request(request, async (reply) => {
      if (reply.verb !== verb) throw unexpected(reply.verb);
      await then(reply as Reply<V>);
      return "done";
    });
  }

  #request(request: PeerRequest, read: Pending["read"]): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      if (this.#pending.length === 0) this.#progress.at = performance.now();
      this.#pending.push({
        read: async (reply) => {
          const state = await read(reply);
          if (state === "done") resolve();
          return state;
        },
        reject,
      });
      void this.#wire.send(encodeMessage(request));
      if (!this.#reading) this.#listening = this.#listen();
    });
  }

  async #listen(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#owned || this.#pending.length > 0) {
        const line = await this.#wire.readLine();
        if (line === undefined) {
          throw new LanyardError("closed", "The source closed the connection");
        }
        await this.#take(decodeMessage(peerReplies, line));
      }
    } catch (error) {
      this.close(error instanceof LanyardError ? error : new LanyardError("closed", String(error)));
    } finally {
      this.#reading = false;
    }
  }

  async #take(reply: PeerReply): Promise<void> {
    const pending = this.#pending[0];
    if (reply.verb === "ERROR") {
      const error = fromErrorMessage(reply);
      if (pending === undefined || error.fatal) throw error;
      this.#pending.shift()?.reject(error);
      return;
    }
    if (pending === undefined) throw unexpected(reply.verb);
    if (await pending.read(reply) === "done") this.#pending.shift();
  }

  #checkProgress(): void {
    if (this.silence() > patience) {
      this.close(stopped());
    }
  }
}

/** How far a source may be asked ahead (bytes): the protocol has no way to take a request back. */
export const mostOutstanding = limits.outstandingBytes;

function readBitmap(base64: string, pieces: number): PieceSet {
  let set: PieceSet | undefined;
  try {
    set = PieceSet.fromBytes(decodeBase64(base64), pieces);
  } catch {
    set = undefined; // Not base64.
  }
  if (set === undefined) throw new LanyardError("syntax", "The source sent a damaged bitmap");
  return set;
}

function stopped(): LanyardError {
  return new LanyardError("timeout", "The source has stopped sending");
}

function unexpected(verb: string): LanyardError {
  return new LanyardError("syntax", `The source sent an unexpected ${verb}`);
}

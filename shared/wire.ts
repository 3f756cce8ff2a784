import { concat } from "@std/bytes";
import { LanyardError, syntaxError } from "./errors.ts";
import { limits } from "./limits.ts";
import { LineReader } from "./line_reader.ts";

/** The part of a connection that a wire needs; `Deno.Conn` is one. */
export interface ByteStream {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
  /** Says that nothing more will be sent, where the connection can say so. */
  closeWrite?(): Promise<void>;
}

/** Bytes asked for when waiting for a line: small, because a tracker waits on thousands. */
const lineChunk = 512;
/** Outgoing messages below this are joined, so that many small answers are one write. */
const joinBelow = 16 * 1024;

const LF = 0x0a, CR = 0x0d, SPACE = 0x20;

interface Outgoing {
  bytes: Uint8Array;
  sent(): void;
  failed(error: unknown): void;
}

/** Lines and raw bytes over one connection, in both directions, in order. */
export class Wire {
  readonly #stream: ByteStream;
  readonly #reader: LineReader;
  readonly #chunk: number;
  readonly #outgoing: Outgoing[] = [];
  #queued = 0;
  #progress = 0;
  #writing = false;
  /** Whether the remote has said that nothing more will come. */
  #heardOut = false;
  #broken = false;
  #closed = false;

  /** @param chunk bytes asked for when waiting for a line; more where many small runs follow. */
  constructor(stream: ByteStream, reader = new LineReader(), chunk = lineChunk) {
    this.#stream = stream;
    this.#reader = reader;
    this.#chunk = chunk;
  }

  /** Bytes handed to `send` that the connection has not taken yet. */
  get queued(): number {
    return this.#queued;
  }

  /** Bytes moved in either direction so far: if it stands still, so does the remote. */
  get progress(): number {
    return this.#progress;
  }

  /** Whether `close` was called. A failed write does not: the remote's last words may be unread. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The next line without its LF, valid until the next read; `undefined` when the remote ended
   * the connection between two lines.
   *
   * @throws {LanyardError} `syntax` if the line is too long, `closed` if the connection broke.
   */
  async readLine(): Promise<Uint8Array | undefined> {
    for (;;) {
      const line = this.#reader.line();
      if (line !== undefined) return line;
      // Here and not in a function of its own: thousands wait here, and each pays for every one.
      const length = await this.#read(this.#space());
      this.#reader.commit(length);
      if (length > 0) continue;
      if (this.#reader.buffered === 0 || this.#closed) return undefined;
      throw closedError("in the middle of a line");
    }
  }

  /**
   * Reads as `readLine` does, but refuses what does not begin like text without waiting for its
   * end: a client that speaks TLS waits for our answer.
   *
   * @throws {LanyardError} `syntax`, or what `readLine` throws.
   */
  async readFirstLine(): Promise<Uint8Array | undefined> {
    if (this.#reader.buffered === 0) this.#reader.commit(await this.#read(this.#space()));
    const { first = CR } = this.#reader;
    if (first < SPACE && first !== CR && first !== LF) {
      throw syntaxError(
        "Expected a line of text, and TLS came: only one of both sides is encrypted (see --plain)",
      );
    }
    return await this.readLine();
  }

  /**
   * Fills `into` with raw bytes.
   *
   * @throws {LanyardError} `closed` if the connection ends first.
   */
  async readFull(into: Uint8Array): Promise<void> {
    let filled = this.#reader.take(into);
    while (filled < into.length) {
      const length = await this.#read(into.subarray(filled));
      if (length === 0) throw closedError(`${into.length - filled} bytes too early`);
      filled += length;
    }
  }

  /**
   * Sends `chunks` in order, behind whatever was sent before. Resolves when the connection has
   * taken them; until then they must not be changed.
   *
   * @throws {LanyardError} `closed` if the connection breaks or is closed first.
   */
  send(...chunks: Uint8Array[]): Promise<void> {
    if (chunks.length === 0) return Promise.resolve();
    const sent = new Promise<void>((resolve, reject) => {
      chunks.forEach((bytes, index) => {
        const last = index === chunks.length - 1;
        this.#queued += bytes.length;
        this.#outgoing.push({ bytes, sent: last ? resolve : nothing, failed: reject });
      });
    });
    // A caller that does not wait learns of a broken connection when it reads.
    sent.catch(nothing);
    if (!this.#writing) void this.#pump();
    return sent;
  }

  /**
   * Sends what is queued, and says that nothing more will be sent. The remote can still be heard.
   *
   * @throws what the connection throws if the remote is gone, or `LanyardError` `closed`.
   */
  async end(): Promise<void> {
    await this.send(new Uint8Array());
    await this.#stream.closeWrite?.();
  }

  /**
   * Ends the connection in good order: sends what is queued, says so, and reads on for a while if
   * the remote has not ended yet, because closing with unread input resets the connection and can
   * take the last words with it.
   *
   * @param mostBytes bytes of further input that are read and dropped.
   */
  async finish(mostBytes: number = limits.outstandingBytes): Promise<void> {
    try {
      await this.end();
      if (this.#heardOut) return;
      const scrap = new Uint8Array(joinBelow);
      for (let read = 1, left = mostBytes; read > 0 && left > 0; left -= read) {
        read = await this.#read(scrap);
      }
    } catch {
      // The remote is gone already: there is nobody left to be polite to.
    } finally {
      this.close();
    }
  }

  /** Closes the connection. What was not sent yet is dropped; pending reads and sends end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.close();
    this.#drop("before everything was sent");
  }

  /** Room to receive what is next. */
  #space(): Uint8Array {
    return this.#reader.space(Math.max(this.#chunk, this.#reader.buffered));
  }

  async #read(into: Uint8Array): Promise<number> {
    try {
      const length = await this.#stream.read(into);
      this.#heardOut ||= length === null;
      this.#progress += length ?? 0;
      return length ?? 0;
    } catch (cause) {
      if (this.#closed) return 0;
      throw closedError("unexpectedly", cause);
    }
  }

  async #pump(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#outgoing.length > 0 && !this.#closed && !this.#broken) {
        const batch = this.#nextBatch();
        await this.#write(batch);
        if (this.#closed) break; // The batch was dropped; what stands in its place was not sent.
        for (const { sent } of this.#outgoing.splice(0, batch.length)) sent();
      }
    } catch (cause) {
      // Half a message may be out: whatever followed it would be read as its rest.
      this.#broken = true;
      this.#drop("while sending", cause);
    } finally {
      this.#writing = false;
      if (this.#closed || this.#broken) this.#drop("before everything was sent");
    }
  }

  #nextBatch(): Uint8Array[] {
    let bytes = 0;
    let count = 0;
    for (const { bytes: { length } } of this.#outgoing) {
      if (count > 0 && bytes + length > joinBelow) break;
      bytes += length;
      count++;
    }
    return this.#outgoing.slice(0, count).map((outgoing) => outgoing.bytes);
  }

  async #write(batch: Uint8Array[]): Promise<void> {
    // One chunk is sent as it is: content is never copied here.
    let rest = batch.length === 1 && batch[0] !== undefined ? batch[0] : concat(batch);
    while (rest.length > 0) {
      const length = await this.#stream.write(rest);
      this.#queued -= length;
      this.#progress += length;
      rest = rest.subarray(length);
    }
  }

  #drop(when: string, cause?: unknown): void {
    this.#queued = 0;
    if (this.#outgoing.length === 0) return;
    const error = closedError(when, cause);
    for (const { failed } of this.#outgoing.splice(0)) failed(error);
  }
}

function closedError(when: string, cause?: unknown): LanyardError {
  return new LanyardError("closed", `The connection ended ${when}`, { fatal: true, cause });
}

function nothing(): void {}

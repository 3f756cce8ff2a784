import {
  decodeMessage,
  decodeText,
  encodeMessage,
  isClassicDownload,
  LanyardError,
  limits,
  parseClassicDownload,
  type PeerReply,
  type PeerRequest,
  peerRequests,
  pieceCount,
  protocolVersion,
  syntaxError,
  toErrorMessage,
  type Wire,
} from "../../shared/mod.ts";
import { decodeHex } from "@std/encoding";
import type { LibraryFile } from "../sharing/library.ts";
import { ContentReader } from "./content_reader.ts";

/** What a session may send. */
export interface Shelf {
  /** A file with this content, if it is shared. */
  find(id: string, size: number): LibraryFile | undefined;
  /** A file with this name and size, for the classic dialect. */
  findByName(name: string, size: number): LibraryFile | undefined;
  /** The piece list of a shared file. */
  pieces(file: LibraryFile): Uint8Array | undefined;
  /** Sending showed that a file is not what it was. */
  recheck(file: LibraryFile): void;
  /** A receiver says that it got wrong bytes: the file is hashed again. */
  distrust(file: LibraryFile): Promise<void>;
}

/** What a session tells. */
export interface UploadEvents {
  /** The remote has got so many bytes of a file, and went on to another one or left. */
  uploaded(file: LibraryFile, bytes: number): void;
}

type Request<V extends PeerRequest["verb"]> = Extract<PeerRequest, { verb: V }>;

/** Bytes of a unit that is sent without waiting for the one before it. */
const smallUnit = 64 * 1024;

const encoder = new TextEncoder();

/** One peer or classic client that copies files from us. */
export class UploadSession {
  readonly #wire: Wire;
  readonly #shelf: Shelf;
  readonly #events: UploadEvents;
  readonly #reader = new ContentReader();
  /** Two: one is filled from the disk while the other is taken by the network. */
  readonly #buffers: Uint8Array[] = [];
  #lastSend: Promise<void> = Promise.resolve();
  #unit = 0;
  #sending: { file: LibraryFile; bytes: number } | undefined;

  constructor(wire: Wire, shelf: Shelf, events: UploadEvents) {
    this.#wire = wire;
    this.#shelf = shelf;
    this.#events = events;
  }

  /** Serves until the remote leaves. Never throws: what goes wrong is told to the remote. */
  async run(): Promise<void> {
    try {
      if (await this.#greet()) await this.#serve();
    } catch (error) {
      const gone = this.#wire.closed || (error instanceof LanyardError && error.code === "closed");
      if (!gone) this.#send(toErrorMessage(error));
    }
    this.#reader.close();
    await this.#wire.finish();
    this.#tellUploaded();
  }

  /** Tells how much of the last file was sent. */
  #tellUploaded(): void {
    if (this.#sending !== undefined) {
      this.#events.uploaded(this.#sending.file, this.#sending.bytes);
    }
    this.#sending = undefined;
  }

  /** The first line tells the dialect; the classic one is served at once, without a greeting. */
  async #greet(): Promise<boolean> {
    const line = await this.#wire.readLine();
    if (line === undefined) return false;
    const text = decodeText(line).trim();
    if (isClassicDownload(text)) {
      await this.#serveClassic(text);
      return false;
    }
    if (!text.startsWith("HELLO {")) throw syntaxError("The first line must be HELLO or DOWNLOAD:");
    const hello = decodeMessage(peerRequests, line);
    if (hello.verb !== "HELLO" || hello.version < protocolVersion) {
      throw new LanyardError("version", `This peer speaks version ${protocolVersion}`, {
        fatal: true,
      });
    }
    this.#send({
      verb: "HI",
      version: protocolVersion,
      limits: { line: limits.lineBytes, outstanding: limits.outstandingBytes },
    });
    return true;
  }

  async #serve(): Promise<void> {
    for (;;) {
      const line = await this.#wire.readLine();
      if (line === undefined) return;
      try {
        const request = decodeMessage(peerRequests, line);
        if (request.verb === "BYE") return;
        if (request.verb === "ERROR") {
          this.#heed(request);
          continue;
        }
        await this.#answer(request);
      } catch (error) {
        if (!(error instanceof LanyardError) || error.fatal) throw error;
        this.#send(toErrorMessage(error));
      }
    }
  }

  /** A receiver got wrong bytes: what we believe of the file is not true any more. */
  #heed({ code, id, size }: Request<"ERROR">): void {
    if (code !== "integrity" || id === undefined || size === undefined) return;
    const file = this.#shelf.find(id, size);
    if (file !== undefined) void this.#shelf.distrust(file);
  }

  async #answer(request: Exclude<PeerRequest, { verb: "BYE" | "ERROR" }>): Promise<void> {
    switch (request.verb) {
      case "PIECES":
        return this.#sendPieces(this.#find(request.id, request.size));
      case "DOWNLOAD":
        return await this.#sendRange(request);
      case "HELLO":
        throw new LanyardError("order", "HELLO was said already", { fatal: true });
      case "PROVE":
      case "UPLOAD":
        throw new LanyardError("unsupported", `This peer does not serve ${request.verb}`);
    }
  }

  #find(id: string, size: number): LibraryFile {
    const file = this.#shelf.find(id, size);
    if (file === undefined) throw new LanyardError("not-found", "This content is not shared here");
    return file;
  }

  #sendPieces(file: LibraryFile): void {
    const count = pieceCount(file.stamp.size);
    // A file of one piece is its own piece list; see BEP 52.
    const hashes = count > 1 ? this.#shelf.pieces(file) : decodeHex(count === 1 ? file.id : "");
    if (hashes === undefined) {
      this.#shelf.recheck(file);
      throw new LanyardError("changed", "The file is being looked at again");
    }
    this.#send({ verb: "HASHES", count });
    void this.#wire.send(hashes);
  }

  async #sendRange({ id, size, offset, length }: Request<"DOWNLOAD">): Promise<void> {
    if (offset + length > size) {
      throw syntaxError("The range reaches beyond the end of the file");
    }
    const file = this.#find(id, size);
    for (let at = offset; at < offset + length; at += limits.unitBytes) {
      const unit = Math.min(limits.unitBytes, offset + length - at);
      await this.#sendUnit(
        file,
        at,
        encodeMessage({ verb: "FILE", offset: at, length: unit } as PeerReply),
        unit,
      );
    }
  }

  async #serveClassic(text: string): Promise<void> {
    const { name, size } = parseClassicDownload(text);
    const file = this.#shelf.findByName(name, size);
    if (file === undefined) return void this.#wire.send(encoder.encode("NOT FOUND\n"));
    await this.#wire.send(encoder.encode("FILE: "));
    try {
      for (let at = 0; at < size; at += limits.unitBytes) {
        const unit = Math.min(limits.unitBytes, size - at);
        await this.#sendUnit(file, at, new Uint8Array(), unit);
      }
    } catch (error) {
      // This dialect has no word for failure inside a file: only the connection can say it.
      this.#wire.close();
      throw error;
    }
  }

  /** Reads a unit whole, and sends it behind its line while the next one is read. */
  async #sendUnit(
    file: LibraryFile,
    offset: number,
    line: Uint8Array,
    length: number,
  ): Promise<void> {
    const content = this.#bufferFor(length);
    try {
      await this.#reader.read(file, offset, content);
    } catch (error) {
      this.#shelf.recheck(file);
      throw error;
    }
    if (length > smallUnit || this.#wire.queued > limits.queuedBytes) await this.#lastSend;
    this.#lastSend = this.#wire.send(line, content);
    this.#lastSend.catch(() => {}); // The next unit, or reading the next request, reports it.
    if (this.#sending?.file !== file) {
      this.#tellUploaded();
      this.#sending = { file, bytes: 0 };
    }
    this.#sending.bytes += length;
  }

  /** Small units get a buffer each, so that many can be on their way together. */
  #bufferFor(length: number): Uint8Array {
    if (length <= smallUnit) return new Uint8Array(length);
    const whole = this.#buffers[this.#unit % 2] ??= new Uint8Array(limits.unitBytes);
    this.#unit++;
    return whole.subarray(0, length);
  }

  #send(reply: PeerReply): void {
    void this.#wire.send(encodeMessage(reply));
  }
}

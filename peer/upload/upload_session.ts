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
  type Proof,
  protocolVersion,
  syntaxError,
  toErrorMessage,
  type Wire,
} from "../../shared/mod.ts";
import { encodeBase64 } from "@std/encoding";
import type { Turns } from "../../net/mod.ts";
import type { Pacer } from "../pacer.ts";
import type { Content, Shelf } from "./content.ts";
import type { Standing } from "./patience.ts";
import type { Slots } from "./slots.ts";

/** What a session tells. */
export interface UploadEvents {
  /** The remote has got so many bytes of a file, and went on to another one or left. */
  uploaded(content: Content, bytes: number): void;
  /** The remote has said, and proven where that is needed, who it is. */
  greeted(): void;
}

/** Who has shown that it may be served, and with what. */
export interface Guest {
  peer: string;
  /** The only content it may have, if not everything. */
  only?: { id: string; size: number };
}

/** Asks everybody who connects for a ticket and a proof of whose it is. */
export interface Guard {
  /** Makes up what is to be signed. */
  challenge(): string;
  /** @throws {LanyardError} fatal, if whoever connected may not be served. */
  admit(nonce: string, ticket: string | undefined, proof: Proof): Guest;
  /** Has `tell` called with each peer that is no longer to be served. */
  onRevoked(tell: (peer: string) => void): void;
}

/** What the sessions of a peer share among each other. */
export interface UploadLimits {
  /** Peers that are sent something at the same time. */
  slots: Slots;
  /** Files that are read at the same time, because a disk that has to seek reads slowly. */
  reads: Slots;
  /** Those of everybody who is served in this thread. */
  turns: Turns;
  /** The rate of all sessions together, if it is limited. */
  pacer?: Pacer;
  /** Who is served; missing without encryption, when there is no telling. */
  guard?: Guard;
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
  readonly #limits: UploadLimits;
  /** Two: one is filled from the disk while the other is taken by the network. */
  readonly #buffers: Uint8Array[] = [];
  #lastSend: Promise<void> = Promise.resolve();
  #unit = 0;
  #content: Content | undefined;
  #guest: Guest | undefined;
  /** Bytes sent of the open content. */
  #sent = 0;
  #standing: Standing = "silent";
  #heard = 0;

  constructor(wire: Wire, shelf: Shelf, limits: UploadLimits, events: UploadEvents) {
    this.#limits = limits;
    this.#wire = wire;
    this.#shelf = shelf;
    this.#events = events;
  }

  /** The id that the remote has proven, if it has. */
  get peer(): string | undefined {
    return this.#guest?.peer;
  }

  /** Where the session stands. */
  get standing(): Standing {
    return this.#standing;
  }

  /** Requests heard so far. */
  get heard(): number {
    return this.#heard;
  }

  /** Serves until the remote leaves. Never throws: what goes wrong is told to the remote. */
  async run(): Promise<void> {
    try {
      if (await this.#greet()) {
        this.#events.greeted();
        await this.#serve();
      }
    } catch (error) {
      const gone = this.#wire.closed || (error instanceof LanyardError && error.code === "closed");
      if (!gone) this.#send(toErrorMessage(error));
    }
    this.#standing = "ended";
    await this.#wire.finish();
    this.#closeContent();
  }

  /** The first line tells the dialect; the classic one is served at once, without a greeting. */
  async #greet(): Promise<boolean> {
    const line = await this.#wire.readFirstLine();
    if (line === undefined) return false;
    const text = decodeText(line).trim();
    if (isClassicDownload(text) && this.#limits.guard === undefined) {
      this.#standing = "busy";
      this.#events.greeted();
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
    const { guard } = this.#limits;
    const nonce = guard?.challenge();
    this.#send({
      verb: "HI",
      version: protocolVersion,
      ...(nonce === undefined ? {} : { nonce }),
      limits: { line: limits.lineBytes, outstanding: limits.outstandingBytes },
    });
    return guard === undefined || nonce === undefined ||
      await this.#admit(guard, nonce, hello.ticket);
  }

  /** Serves nothing before the remote has proven that the ticket is its own. */
  async #admit(guard: Guard, nonce: string, ticket: string | undefined): Promise<boolean> {
    const line = await this.#wire.readLine();
    if (line === undefined) return false;
    const request = decodeMessage(peerRequests, line);
    if (request.verb === "BYE") return false;
    if (request.verb !== "PROVE") {
      throw new LanyardError("order", "Nothing is served here before PROVE", { fatal: true });
    }
    this.#guest = guard.admit(nonce, ticket, request);
    this.#send({ verb: "OK", accepted: true });
    return true;
  }

  async #serve(): Promise<void> {
    for (let goesOn = true; goesOn;) {
      this.#standing = "waiting";
      const line = await this.#wire.readLine();
      if (line === undefined) return;
      this.#standing = "busy";
      this.#heard++;
      goesOn = await this.#serveLine(line);
    }
  }

  /** Serves one request; returns whether there may be more. */
  async #serveLine(line: Uint8Array): Promise<boolean> {
    try {
      const request = decodeMessage(peerRequests, line);
      if (request.verb === "BYE") return false;
      const serve = (): Promise<void> => this.#answer(request);
      // What is much waits for the disk and the network anyway.
      const isMuch = request.verb === "DOWNLOAD" && request.length > smallUnit;
      await (isMuch ? serve() : this.#limits.turns.take(serve));
    } catch (error) {
      if (!(error instanceof LanyardError) || error.fatal) throw error;
      this.#send(toErrorMessage(error));
    }
    return true;
  }

  /** A receiver got wrong bytes: what we believe of the file is not true any more. */
  #heed({ code, id, size }: Request<"ERROR">): void {
    if (code !== "integrity" || id === undefined || size === undefined) return;
    this.#shelf.open(id, size)?.distrust();
  }

  async #answer(request: Exclude<PeerRequest, { verb: "BYE" }>): Promise<void> {
    switch (request.verb) {
      case "ERROR":
        return this.#heed(request);
      case "PIECES":
        return this.#sendPieces(this.#open(request.id, request.size), request.brief ?? false);
      case "DOWNLOAD":
        return await this.#limits.slots.use(() => this.#sendRange(request));
      case "HELLO":
        throw new LanyardError("order", "HELLO was said already", { fatal: true });
      case "PROVE":
        throw new LanyardError("order", "There is nothing to prove here");
      case "UPLOAD":
        throw new LanyardError("unsupported", `This peer does not serve ${request.verb}`);
    }
  }

  /** Opens content, or goes on with it: a download asks for one range after the other. */
  #open(id: string, size: number): Content {
    const open = this.#content;
    if (open?.id === id && open.size === size && open.isCurrent) return open;
    this.#closeContent();
    const only = this.#guest?.only;
    if (only !== undefined && (only.id !== id || only.size !== size)) {
      throw new LanyardError("ticket", "The ticket is one for other content");
    }
    const content = this.#shelf.open(id, size);
    if (content === undefined) {
      throw new LanyardError("not-found", "This content is not shared here");
    }
    return this.#content = content;
  }

  /** Closes the content, and tells how much of it was sent. */
  #closeContent(): void {
    const content = this.#content;
    this.#content = undefined;
    content?.close();
    if (content !== undefined && this.#sent > 0) this.#events.uploaded(content, this.#sent);
    this.#sent = 0;
  }

  #sendPieces(content: Content, brief: boolean): void {
    const have = content.have?.();
    const bitmap = have === undefined ? {} : { have: encodeBase64(have) };
    if (brief) return this.#send({ verb: "HASHES", count: 0, ...bitmap });
    const hashes = content.hashes();
    const reply: PeerReply = { verb: "HASHES", count: pieceCount(content.size), ...bitmap };
    // Together, because over TLS what follows a small message would wait for its acknowledgement.
    void this.#wire.send(encodeMessage(reply), hashes);
  }

  async #sendRange({ id, size, offset, length }: Request<"DOWNLOAD">): Promise<void> {
    if (length === 0 || offset + length > size) {
      throw syntaxError("The range is empty or reaches beyond the end of the file");
    }
    const content = this.#open(id, size);
    for (let at = offset; at < offset + length; at += limits.unitBytes) {
      const unit = Math.min(limits.unitBytes, offset + length - at);
      const file: PeerReply = { verb: "FILE", offset: at, length: unit };
      await this.#sendUnit(content, at, encodeMessage(file), unit);
    }
  }

  async #serveClassic(text: string): Promise<void> {
    const { name, size } = parseClassicDownload(text);
    const content = this.#content = this.#shelf.openByName(name, size);
    if (content === undefined) return void this.#wire.send(encoder.encode("NOT FOUND\n"));
    await this.#wire.send(encoder.encode("FILE: "));
    try {
      for (let at = 0; at < size; at += limits.unitBytes) {
        const unit = Math.min(limits.unitBytes, size - at);
        await this.#sendUnit(content, at, new Uint8Array(), unit);
      }
    } catch (error) {
      // This dialect has no word for failure inside a file: only the connection can say it.
      this.#wire.close();
      throw error;
    }
  }

  /** Reads a unit whole, and sends it behind its line while the next one is read. */
  async #sendUnit(
    content: Content,
    offset: number,
    line: Uint8Array,
    length: number,
  ): Promise<void> {
    const bytes = this.#bufferFor(length);
    try {
      await (length <= smallUnit
        ? content.read(offset, bytes)
        : this.#limits.reads.use(() => content.read(offset, bytes)));
    } catch (error) {
      this.#closeContent();
      throw error;
    }
    const { pacer } = this.#limits;
    if (pacer !== undefined) await this.#sendPaced(pacer, line, bytes);
    else {
      if (length > smallUnit || this.#wire.queued > limits.queuedBytes) await this.#lastSend;
      this.#lastSend = this.#wire.send(line, bytes);
      this.#lastSend.catch(() => {}); // The next unit, or reading the next request, reports it.
    }
    this.#sent += length;
  }

  async #sendPaced(pacer: Pacer, line: Uint8Array, bytes: Uint8Array): Promise<void> {
    void this.#wire.send(line);
    for (let at = 0; at < bytes.length; at += pacer.slice) {
      const slice = bytes.subarray(at, at + pacer.slice);
      await pacer.pace(slice.length);
      await this.#wire.send(slice);
    }
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

import {
  decodeMessage,
  encodeMessage,
  LanyardError,
  limits,
  parseClassicDownload,
  peerReplies,
  type PeerReply,
  type PeerRequest,
  peerRequests,
  pieceCount,
  syntaxError,
  toErrorMessage,
  type Wire,
} from "../../shared/mod.ts";
import { encodeBase64 } from "@std/encoding";
import type { Content, Shelf } from "./content.ts";
import type { Upload } from "./inbox.ts";
import type { UploadLimits } from "./limits.ts";
import type { Standing } from "./patience.ts";
import { type Guest, receive, type Visitor } from "./reception.ts";
import { smallUnit, UnitSender } from "./unit_sender.ts";

/** What a session tells. */
export interface UploadEvents {
  /** The remote has got so many bytes of a file, and went on to another one or left. */
  uploaded(content: Content, bytes: number): void;
  /** The remote has said, and proven where that is needed, who it is. */
  greeted(): void;
}

/** An answer to what we asked while we serve. */
export type Answer = Extract<PeerReply, { verb: "STORED" | "ERROR" }>;

/** How a session begins. */
export interface UploadStart {
  /** The other end's address. */
  address: string;
  /** A peer that we have connected to ourselves: it is known, and does not greet us. */
  known?: Guest;
  /** Takes the answers to what we have asked. */
  answered?(answer: Answer): void;
}

type Request<V extends PeerRequest["verb"]> = Extract<PeerRequest, { verb: V }>;

const encoder = new TextEncoder();

/** What may come while we serve: requests, and the answer to an UPLOAD of ours. */
const whileServing = { ...peerRequests, STORED: peerReplies.STORED };

/** One peer or classic client that copies files from us. */
export class UploadSession {
  readonly #wire: Wire;
  readonly #shelf: Shelf;
  readonly #events: UploadEvents;
  readonly #limits: UploadLimits;
  readonly #start: UploadStart;
  readonly #units: UnitSender;
  #content: Content | undefined;
  #guest: Guest | undefined;
  /** What the remote calls itself. */
  #name: string | undefined;
  /** Bytes sent of the open content. */
  #sent = 0;
  #standing: Standing = "silent";
  #heard = 0;

  constructor(
    wire: Wire,
    shelf: Shelf,
    limits: UploadLimits,
    events: UploadEvents,
    start: UploadStart = { address: "" },
  ) {
    this.#limits = limits;
    this.#units = new UnitSender(wire, limits);
    this.#wire = wire;
    this.#shelf = shelf;
    this.#events = events;
    this.#start = start;
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
      await this.#meet();
    } catch (error) {
      const gone = this.#wire.closed || (error instanceof LanyardError && error.code === "closed");
      if (!gone) this.#send(toErrorMessage(error));
    }
    this.#standing = "ended";
    await this.#wire.finish();
    this.#closeContent();
  }

  async #meet(): Promise<void> {
    const { guard, switchboard } = this.#limits;
    const visitor: Visitor = this.#start.known === undefined
      ? await receive(this.#wire, guard, switchboard)
      : { kind: "guest", guest: this.#start.known, name: undefined };
    if (visitor.kind === "gone") return;
    this.#events.greeted();
    switch (visitor.kind) {
      case "classic":
        this.#standing = "busy";
        return await this.#serveClassic(visitor.request);
      case "called":
        this.#standing = "busy";
        if (visitor.peer !== undefined) this.#guest = { peer: visitor.peer };
        return await visitor.take(this.#wire);
      case "guest":
        this.#guest = visitor.guest;
        this.#name = visitor.name;
        return await this.#serve();
    }
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
      const request = decodeMessage(whileServing, line);
      if (request.verb === "BYE") return false;
      if (this.#isAnswer(request)) return true;
      const serve = (): Promise<void> => this.#answer(request);
      // What is much waits for the disk and the network anyway.
      const isMuch = request.verb === "UPLOAD" ||
        (request.verb === "DOWNLOAD" && request.length > smallUnit);
      await (isMuch ? serve() : this.#limits.turns.take(serve));
    } catch (error) {
      if (!(error instanceof LanyardError) || error.fatal) throw error;
      this.#send(toErrorMessage(error));
    }
    return true;
  }

  /** Whether something is the answer to what we have asked; if so, it is passed on. */
  #isAnswer(message: PeerRequest | Answer): message is Answer {
    // A complaint about content says which, an ERROR that is an answer does not.
    const isAnswer = message.verb === "STORED" ||
      (message.verb === "ERROR" && (!("id" in message) || message.id === undefined));
    if (!isAnswer) return false;
    if (this.#start.answered === undefined) {
      if (message.verb === "ERROR") return true; // A complaint about nothing.
      throw new LanyardError("unsupported", `Nobody here waits for ${message.verb}`);
    }
    this.#start.answered(message);
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
        return await this.#take(request);
    }
  }

  async #take(upload: Upload): Promise<void> {
    const { inbox } = this.#limits;
    if (inbox === undefined) {
      throw new LanyardError("unsupported", "This peer takes no files; it has no inbox");
    }
    const { address } = this.#start;
    const { peer } = this;
    const name = this.#name;
    const sender = {
      address,
      ...(peer === undefined ? {} : { peer }),
      ...(name === undefined ? {} : { name }),
    };
    const path = await inbox.fetch(upload, sender, this.#wire);
    this.#send({ verb: "STORED", path });
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

  async #sendUnit(
    content: Content,
    offset: number,
    line: Uint8Array,
    length: number,
  ): Promise<void> {
    try {
      await this.#units.send(content, offset, line, length);
    } catch (error) {
      this.#closeContent();
      throw error;
    }
    this.#sent += length;
  }

  #send(reply: PeerReply): void {
    void this.#wire.send(encodeMessage(reply));
  }
}

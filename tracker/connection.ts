import {
  type ByteStream,
  decodeClassic,
  decodeMessage,
  decodeText,
  encodeClassic,
  encodeMessage,
  LanyardError,
  limits,
  syntaxError,
  toErrorMessage,
  type TrackerReply,
  type TrackerRequest,
  trackerRequests,
  Wire,
} from "../shared/mod.ts";
import type { Place, Turns } from "../net/mod.ts";
import type { LeaveReason } from "./events.ts";
import type { TrackerMetrics } from "./metrics/mod.ts";
import type { Registry } from "./registry.ts";
import type { Ends, Member } from "./roster.ts";
import { Session, type SessionPeer } from "./session.ts";

const encoder = new TextEncoder();

/** Unsent bytes at which a remote is given up that is only told things: four times its answers. */
const mostUnsent = 4 * limits.queuedBytes;

/** One accepted connection: lines become requests for its session, replies become lines. */
export class Connection {
  readonly #registry: Registry;
  readonly #wire: Wire;
  readonly #session: Session;
  readonly #remote: SessionPeer;
  readonly #turns: Turns;
  readonly #place: Pick<Place, "greeted">;
  /** Pushes that wait behind the answer under way: so nothing ever comes before HI. */
  readonly #held: Uint8Array[] = [];
  #heldBytes = 0;
  #busy = false;
  #draining = false;
  #reason: LeaveReason = "lost";
  #waitingSince: number;
  #lastProgress: { bytes: number; at: number };

  /**
   * @param turns those of all connections of this thread
   * @param place told, maybe again and again, that the remote has said who it is
   */
  constructor(
    registry: Registry,
    stream: ByteStream,
    ends: Ends,
    turns: Turns,
    place: Pick<Place, "greeted">,
  ) {
    const now = registry.options.clock.now();
    this.#registry = registry;
    this.#turns = turns;
    this.#place = place;
    this.#wire = new Wire(stream);
    this.#waitingSince = now;
    this.#lastProgress = { bytes: 0, at: now };
    this.#remote = {
      dialect: "version-2",
      ends,
      push: (reply) => this.#push(this.#encode(reply)),
      disconnect: () => this.#wire.close(),
    };
    this.#session = new Session(registry, this.#remote);
  }

  /** The member at the other end, once it is greeted. */
  get member(): Member | undefined {
    return this.#session.member;
  }

  /**
   * Serves the connection until it ends. What goes wrong with it is told and reported.
   *
   * @param gone called when it has ended: one function less that waits for each connection
   */
  async run(gone: () => void): Promise<void> {
    try {
      await this.#greet();
      await this.#serve();
    } catch (error) {
      this.#refuse(error);
    }
    try {
      await new Promise<void>((resolve) =>
        this.#turns.leave(() => resolve(this.#session.end(this.#reason)))
      );
    } finally {
      await this.#wire.finish().finally(gone);
    }
  }

  /** Bytes that the remote has not read yet. */
  get queued(): number {
    return this.#wire.queued + this.#heldBytes;
  }

  /**
   * Ends the connection in good order: what is being answered is answered and sent, and no further
   * request is served. Where there is nothing to wait for, it is over at once.
   */
  drain(): void {
    this.#draining = true;
    this.#reason = "closing";
    if (this.#busy) return; // It ends by itself, behind the answer.
    if (this.#wire.queued === 0) this.#wire.close();
    else this.#wire.end().catch(() => this.#wire.close()); // Nobody is there to read it.
  }

  /** Closes the connection now. */
  close(reason: LeaveReason): void {
    this.#reason = reason;
    this.#wire.close();
  }

  /** Closes the connection if its remote was silent or stuck for too long. */
  sweep(now: number): void {
    const silent = this.#busy ? 0 : (now - this.#waitingSince) / 1000;
    if (silent > this.#patience()) return this.close("idle");
    // What was sent is to be read, and after the last words the remote is to hang up.
    const owes = this.#wire.queued > 0 || this.#session.ended;
    if (!owes || this.#wire.progress !== this.#lastProgress.bytes) {
      this.#lastProgress = { bytes: this.#wire.progress, at: now };
    } else if (now - this.#lastProgress.at > limits.stalledSeconds * 1000) {
      this.close("stalled");
    }
  }

  /** Seconds that may pass without a line while one is waited for. */
  #patience(): number {
    if (this.member === undefined) {
      return this.#remote.ends.encrypted ? limits.handshakeSeconds : limits.greetingSeconds;
    }
    return this.member.dialect === "classic" ? Infinity : this.#registry.options.idleSeconds;
  }

  /** The first line tells the dialect. */
  async #greet(): Promise<void> {
    const line = await this.#wire.readFirstLine();
    if (line === undefined || this.#draining) return;
    const text = decodeText(line).trimEnd();
    if (text === "HELLO" && this.#registry.options.classic) this.#remote.dialect = "classic";
    else if (/^(GET|POST|HEAD|PUT|OPTIONS) .* HTTP\//.test(text)) {
      throw syntaxError(
        "This is a Lanyard tracker, not a web server; join it with: peer --tracker",
      );
    } else if (!text.startsWith("HELLO {")) {
      throw syntaxError("The first line must be HELLO and a JSON object");
    }
    await this.#serveLine(line);
  }

  async #serve(): Promise<void> {
    while (!this.#session.ended && !this.#draining) {
      this.#waitingSince = this.#registry.options.clock.now();
      const line = await this.#wire.readLine();
      if (line === undefined || this.#draining) return;
      await this.#serveLine(line);
    }
  }

  /** Serves one line; the next is waited for only when its answers are on their way. */
  async #serveLine(line: Uint8Array): Promise<void> {
    this.#busy = true;
    try {
      await this.#turns.take(() => this.#handle(line));
      // A remote that does not read its answers gets no further ones.
      if (this.#wire.queued > limits.queuedBytes) await this.#wire.send(new Uint8Array());
    } finally {
      this.#busy = false;
      this.#heldBytes = 0;
      for (const line of this.#held.splice(0)) void this.#wire.send(line);
    }
  }

  async #handle(line: Uint8Array): Promise<void> {
    try {
      for (const request of this.#decode(line)) {
        const reply = await this.#metrics.serve(request.verb, () => this.#session.handle(request));
        if (this.member !== undefined) this.#place.greeted();
        if (reply !== undefined) this.#send(reply);
      }
    } catch (error) {
      if (!(error instanceof LanyardError) || error.fatal) throw error;
      this.#send(toErrorMessage(error));
    }
  }

  #decode(line: Uint8Array): TrackerRequest[] {
    return this.#remote.dialect === "classic"
      ? decodeClassic(line, this.#registry.options.clock.now())
      : [decodeMessage(trackerRequests, line)];
  }

  /** Nobody can stop others from causing pushes, so those to a remote that does not read end it. */
  #push(line: Uint8Array): void {
    if (this.#wire.queued + this.#heldBytes + line.length > mostUnsent) this.close("stalled");
    else if (!this.#busy) void this.#wire.send(line);
    else {
      this.#held.push(line);
      this.#heldBytes += line.length;
    }
  }

  get #metrics(): TrackerMetrics {
    return this.#registry.options.metrics;
  }

  #send(reply: TrackerReply): void {
    if (reply.verb === "ERROR") this.#metrics.errors.add(reply.code);
    void this.#wire.send(this.#encode(reply));
  }

  /** Nothing is sent for what the classic dialect has no word for. */
  #encode(reply: TrackerReply): Uint8Array {
    return this.#remote.dialect === "version-2"
      ? encodeMessage(reply)
      : encoder.encode(encodeClassic(reply) ?? "");
  }

  #refuse(error: unknown): void {
    const gone = this.#wire.closed;
    // Nobody is told of the end of a connection, nor of what its remote did wrong before it.
    if (error instanceof LanyardError && (gone || error.code === "closed")) return;
    const told = toErrorMessage(error);
    // A bug of ours is told in full here and only here.
    const message = error instanceof LanyardError ? error.message : String(error);
    this.#registry.options.onEvent({
      event: "error",
      code: told.code,
      message,
      address: this.#remote.ends.remote,
    });
    if (gone) return;
    this.#reason = "error";
    this.#send(told);
  }
}

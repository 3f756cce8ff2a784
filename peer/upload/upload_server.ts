import { Doorman, type Ends, Listener, type TlsKey } from "../../net/mod.ts";
import { type ByteStream, LanyardError, reasonOf, Wire } from "../../shared/mod.ts";
import type { Shelf } from "./content.ts";
import { Patience } from "./patience.ts";
import type { Guard, Guest, Switchboard } from "./reception.ts";
import type { Inbox } from "./inbox.ts";
import { type UploadLimits, uploadLimits } from "./limits.ts";
import { type UploadEvents, UploadSession } from "./upload_session.ts";

/** Ports tried, from the first on, before any free one is taken. */
const portsTried = 16;
/** Milliseconds between looks for remotes that fell silent or stopped reading. */
const sweepEvery = 1000;

/** What an upload server tells: whatever its sessions tell, and who it is about. */
export interface ServerEvents {
  uploaded(address: string, ...details: Parameters<UploadEvents["uploaded"]>): void;
  /** Something does not work as it should; a sentence for people. */
  trouble?(message: string): void;
}

/** How an upload server listens and how much it gives. */
export interface ServerOptions {
  /** Where to listen; 0 takes any free port. */
  port: number;
  /** Whether no other port will do. */
  exactly: boolean;
  /** Peers that are sent something at the same time; as many as ask if missing. */
  slots?: number | undefined;
  /** Bytes a second for all of them together; as fast as it goes if missing. */
  limitUp?: number | undefined;
  /** Encrypts every connection. */
  tls?: TlsKey;
  /** Who is served over encrypted connections. */
  guard?: Guard;
  /** Who waits for peers that were called. */
  switchboard?: Switchboard;
  /** Where files that others send go. */
  inbox?: Inbox;
  /** Connections of one address; if missing 64, and any number from this machine itself. */
  maxPerAddress?: number;
}

/** A connection that is served. */
interface Served {
  wire: Wire;
  session: UploadSession;
  patience: Patience;
}

/** Serves shared files to other peers. */
export class UploadServer {
  readonly #listener: Listener;
  readonly #shelf: Shelf;
  readonly #limits: UploadLimits;
  readonly #events: ServerEvents;
  readonly #served = new Set<Served>();
  readonly #running: Promise<void>;
  readonly #sweeper: ReturnType<typeof setInterval>;

  /** @throws {LanyardError} `io` if no port can be had. */
  constructor(options: ServerOptions, shelf: Shelf, events: ServerEvents) {
    const { slots, limitUp, guard, switchboard, inbox, maxPerAddress } = options;
    this.#limits = {
      ...uploadLimits(limitUp, slots),
      ...(guard === undefined ? {} : { guard }),
      ...(switchboard === undefined ? {} : { switchboard }),
      ...(inbox === undefined ? {} : { inbox }),
    };
    this.#shelf = shelf;
    this.#events = events;
    const doorman = new Doorman({ maxPerAddress });
    this.#listener = listenFrom(options, (port) =>
      Listener.open({
        hostname: "::",
        port,
        tls: options.tls,
        doorman,
        onError: (error, address) => this.#report(error, address),
      }));
    guard?.onRevoked((peer) => this.expel(peer));
    this.#sweeper = setInterval(() => this.#sweep(), sweepEvery);
    this.#running = this.#listener.run((stream, ends, place) =>
      this.#serve(stream, ends, () => place.greeted())
    );
  }

  /** The port that is listened on. */
  get port(): number {
    return this.#listener.port;
  }

  /** Closes the connections of a peer that may not be served any more. */
  expel(peer: string): void {
    for (const { wire, session } of this.#served) {
      if (session.peer === peer) wire.close();
    }
  }

  /** Stops serving: closes every connection and waits for the last one. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    const closed = this.#listener.close();
    for (const { wire } of this.#served) wire.close();
    await Promise.all([closed, this.#running]);
  }

  /** Serves a peer that we have connected to because it called us; it is known already. */
  async serveCaller(
    wire: Wire,
    ends: Pick<Ends, "remote" | "encrypted">,
    known: Guest,
  ): Promise<void> {
    await this.#run(wire, ends, () => {}, known);
  }

  async #serve(stream: ByteStream, ends: Ends, greeted: () => void): Promise<void> {
    await this.#run(new Wire(stream), ends, greeted);
  }

  async #run(
    wire: Wire,
    { remote: address, encrypted }: Pick<Ends, "remote" | "encrypted">,
    greeted: () => void,
    known?: Guest,
  ): Promise<void> {
    const uploaded: UploadEvents["uploaded"] = (content, bytes) =>
      this.#events.uploaded(address, content, bytes);
    const start = known === undefined ? { address } : { address, known };
    const session = new UploadSession(
      wire,
      this.#shelf,
      this.#limits,
      { uploaded, greeted },
      start,
    );
    const served = { wire, session, patience: new Patience(encrypted, performance.now()) };
    this.#served.add(served);
    try {
      await session.run();
    } finally {
      this.#served.delete(served);
    }
  }

  #sweep(): void {
    const now = performance.now();
    for (const { wire, session: { standing, heard }, patience } of this.#served) {
      const { queued, progress } = wire;
      if (patience.isOver({ standing, heard, queued, progress }, now)) wire.close();
    }
  }

  /** What a stranger does wrong before it speaks is nobody's trouble here. */
  #report(error: unknown, address: string): void {
    if (error instanceof LanyardError) return;
    const from = address === "" ? "" : ` from ${address}`;
    this.#events.trouble?.(`Cannot accept a connection${from}: ${reasonOf(error)}`);
  }
}

/** Takes the first free port from the wanted one on, or any if none of them is free. */
function listenFrom(
  { port, exactly }: ServerOptions,
  listen: (port: number) => Listener,
): Listener {
  const tried = exactly || port === 0 ? 1 : portsTried;
  for (let next = port; next < port + tried; next++) {
    try {
      return listen(next);
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse && next + 1 < port + tried) continue;
      if (!exactly && port !== 0) return listen(0);
      throw new LanyardError("io", cannotListen(next, error), { cause: error });
    }
  }
  return listen(0);
}

function cannotListen(port: number, cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) {
    return `Port ${port} is taken; choose another one with --port`;
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return `Port ${port} is reserved by this system; choose one above 1023 with --port`;
  }
  return `Cannot listen on port ${port}: ${reasonOf(cause)}`;
}

import { LanyardError, plainAddress, Wire } from "../../shared/mod.ts";
import { Pacer } from "../pacer.ts";
import type { Shelf } from "./content.ts";
import { Slots } from "./slots.ts";
import {
  type Guard,
  type UploadEvents,
  type UploadLimits,
  UploadSession,
} from "./upload_session.ts";

/** Ports tried, from the first on, before any free one is taken. */
const portsTried = 16;
/** Milliseconds until accepting is tried again after it failed, such as for want of descriptors. */
const acceptPause = 50;
/** Milliseconds between looks for receivers that stopped reading. */
const sweepEvery = 10_000;
/** Milliseconds without progress after which a receiver with unsent output is dropped. */
const stalledAfter = 60_000;

/** What an upload server tells: whatever its sessions tell, and who it is about. */
export interface ServerEvents {
  uploaded(address: string, ...details: Parameters<UploadEvents["uploaded"]>): void;
}

/** How an upload server listens and how much it gives. */
export interface ServerOptions {
  /** Where to listen; 0 takes any free port. */
  port: number;
  /** Whether no other port will do. */
  exactly: boolean;
  /** Peers that are sent something at the same time; as many as ask if missing. */
  slots?: number;
  /** Bytes a second for all of them together; as fast as it goes if missing. */
  limitUp?: number;
  /** Certificate and key, both PEM, to listen with encryption. */
  tls?: { certificate: string; key: string };
  /** Who is served over encrypted connections. */
  guard?: Guard;
}

/** Files read at the same time: one is sent while another one is read, and disks seek little. */
const readsAtOnce = 4;

/** Serves shared files to other peers. */
export class UploadServer {
  readonly #listener: Deno.TcpListener;
  readonly #shelf: Shelf;
  readonly #limits: UploadLimits;
  readonly #events: ServerEvents;
  readonly #wires = new Map<Wire, { progress: number; at: number }>();
  readonly #running = new Set<Promise<void>>();
  readonly #sweeper: ReturnType<typeof setInterval>;
  #closed = false;

  /** @throws {LanyardError} `io` if no port can be had. */
  constructor(options: ServerOptions, shelf: Shelf, events: ServerEvents) {
    const { port, exactly, slots = Infinity, limitUp, guard } = options;
    this.#limits = {
      slots: new Slots(slots),
      reads: new Slots(readsAtOnce),
      ...(limitUp === undefined ? {} : { pacer: new Pacer(limitUp) }),
      ...(guard === undefined ? {} : { guard }),
    };
    this.#shelf = shelf;
    this.#events = events;
    this.#listener = listenFrom(port, exactly);
    this.#sweeper = setInterval(() => this.#sweep(), sweepEvery);
    this.#track(this.#acceptAll());
  }

  /** The port that is listened on. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Stops serving: closes every connection and waits for the last one. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeper);
    this.#listener.close();
    for (const wire of this.#wires.keys()) wire.close();
    await Promise.all(this.#running);
  }

  async #acceptAll(): Promise<void> {
    while (!this.#closed) {
      try {
        this.#open(await this.#listener.accept());
      } catch {
        // Out of descriptors or a connection that broke at once: others may come.
        if (!this.#closed) await new Promise((resolve) => setTimeout(resolve, acceptPause));
      }
    }
  }

  #open(connection: Deno.TcpConn): void {
    connection.setNoDelay(true);
    const address = plainAddress(connection.remoteAddr.hostname);
    const wire = new Wire(connection);
    const session = new UploadSession(wire, this.#shelf, this.#limits, {
      uploaded: (content, bytes) => this.#events.uploaded(address, content, bytes),
    });
    this.#wires.set(wire, { progress: 0, at: performance.now() });
    this.#track(session.run().finally(() => this.#wires.delete(wire)));
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  #sweep(): void {
    const now = performance.now();
    for (const [wire, last] of this.#wires) {
      const stuck = wire.queued > 0 && wire.progress === last.progress;
      if (!stuck) this.#wires.set(wire, { progress: wire.progress, at: now });
      else if (now - last.at > stalledAfter) wire.close();
    }
  }
}

function listenFrom(port: number, exactly: boolean): Deno.TcpListener {
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
  return `Cannot listen on port ${port}: ${cause instanceof Error ? cause.message : cause}`;
}

/** Listens on all of IPv6 and IPv4 where the machine has IPv6, and on IPv4 where it has not. */
function listen(port: number): Deno.TcpListener {
  try {
    return Deno.listen({ hostname: "::", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) throw error;
    return Deno.listen({ hostname: "0.0.0.0", port });
  }
}

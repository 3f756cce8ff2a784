import { limits, plainAddress } from "../shared/mod.ts";
import { Connection } from "./connection.ts";
import { MemoryIndex } from "./index/mod.ts";
import { randomId, type TrackerOptions } from "./options.ts";
import { Prober } from "./prober.ts";
import { Registry } from "./registry.ts";
import type { Member } from "./roster.ts";

/** Connections the kernel keeps for us while we are busy: a campus coming back from lunch. */
const backlog = 4096;
/** Milliseconds until accepting is tried again after it failed, such as for want of descriptors. */
const acceptPause = 50;
/** Milliseconds between looks for silent, stuck and expired sessions. */
const sweepEvery = 1000;

/** A running tracker. */
export class TrackerServer {
  readonly #registry: Registry;
  readonly #listener: Deno.Listener;
  readonly #prober = new Prober();
  readonly #connections = new Set<Connection>();
  readonly #running = new Set<Promise<void>>();
  readonly #failedProbes = new WeakMap<Member, number>();
  readonly #stopTimers: (() => void)[];
  #closed = false;

  /** @throws what `Deno.listen` throws if the port cannot be had. */
  constructor(options: TrackerOptions) {
    const onAccepted = (member: Member): void => this.#track(this.#tellReachable(member));
    this.#registry = new Registry(options, new MemoryIndex(randomId()), onAccepted);
    this.#listener = listen(options.host, options.port);
    this.#stopTimers = [
      options.clock.every(sweepEvery, () => this.#sweep()),
      options.clock.every(limits.probeSeconds * 1000, () => this.#track(this.#probeClassic())),
    ];
    this.#track(this.#acceptAll());
  }

  /** The port that is listened on. */
  get port(): number {
    return this.#listener.addr.transport === "tcp" ? this.#listener.addr.port : 0;
  }

  /** Sessions that are greeted now. */
  get sessions(): number {
    return this.#registry.roster.size;
  }

  /** Stops listening, closes every connection, and waits until all is quiet. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const stop of this.#stopTimers) stop();
    this.#listener.close();
    for (const connection of this.#connections) connection.close("lost");
    await Promise.all(this.#running);
  }

  async #acceptAll(): Promise<void> {
    while (!this.#closed) {
      try {
        this.#open(await this.#listener.accept() as Deno.TcpConn);
      } catch (error) {
        if (this.#closed) return;
        this.#report(error);
        await new Promise((resolve) => setTimeout(resolve, acceptPause));
      }
    }
  }

  #open(conn: Deno.TcpConn): void {
    conn.setNoDelay(true);
    const ends = {
      remote: plainAddress(conn.remoteAddr.hostname),
      local: plainAddress(conn.localAddr.hostname),
      encrypted: false,
    };
    const connection = new Connection(this.#registry, conn, ends);
    this.#connections.add(connection);
    this.#track(connection.run().finally(() => this.#connections.delete(connection)));
  }

  /** Remembers work under way, so that closing can wait for it. */
  #track(work: Promise<void>): void {
    const tracked = work.catch((error) => this.#report(error));
    this.#running.add(tracked);
    void tracked.finally(() => this.#running.delete(tracked));
  }

  #report(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#registry.options.onEvent({ event: "error", code: "internal", message, address: "" });
  }

  #sweep(): void {
    const now = this.#registry.options.clock.now();
    for (const connection of this.#connections) connection.sweep(now);
    this.#track(this.#registry.expire());
  }

  async #tellReachable(member: Member): Promise<void> {
    if (member.port === 0 || member.dialect === "classic") return;
    const { port } = member;
    const ok = await this.#prober.isReachable(member);
    if (this.#registry.roster.get(member.holder) !== member || member.port !== port) return;
    member.reachable = ok;
    member.push({ verb: "REACHABLE", ok });
  }

  /** Classic sessions have no keep-alive: two failed probes of the announced port remove them. */
  async #probeClassic(): Promise<void> {
    await Promise.all([...this.#connections].map(async (connection) => {
      const { member } = connection;
      if (member?.dialect !== "classic" || !member.accepted || member.port === 0) return;
      member.reachable = await this.#prober.isReachable(member);
      const failed = member.reachable ? 0 : (this.#failedProbes.get(member) ?? 0) + 1;
      this.#failedProbes.set(member, failed);
      if (failed >= 2) connection.close("unreachable");
    }));
  }
}

/** Listens on all of IPv6 and IPv4 where the machine has IPv6, and on IPv4 where it has not. */
function listen(hostname: string, port: number): Deno.TcpListener {
  const options = { port, tcpBacklog: backlog };
  try {
    return Deno.listen({ ...options, hostname });
  } catch (error) {
    if (hostname !== "::" || error instanceof Deno.errors.AddrInUse) throw error;
    return Deno.listen({ ...options, hostname: "0.0.0.0" });
  }
}

import { Doorman, Listener, type TlsKey, Turns } from "../net/mod.ts";
import { LanyardError, limits } from "../shared/mod.ts";
import { Connection } from "./connection.ts";
import type { ControlTarget, Counts, OnlineSession } from "./control/target.ts";
import { DirectIndex, type FileIndex, SqliteStore } from "./index/mod.ts";
import { randomId, type TrackerOptions } from "./options.ts";
import { Prober } from "./prober.ts";
import { Registry } from "./registry.ts";
import type { Member } from "./roster.ts";

/** Milliseconds between looks for silent, stuck and expired sessions. */
const sweepEvery = 1000;

/** A running tracker. */
export class TrackerServer implements ControlTarget {
  readonly #registry: Registry;
  readonly #index: FileIndex & Partial<AsyncDisposable>;
  readonly #doorman: Doorman;
  readonly #plain: Listener | undefined;
  readonly #encrypted: Listener | undefined;
  readonly #turns = new Turns();
  readonly #prober = new Prober();
  readonly #connections = new Set<Connection>();
  readonly #running = new Set<Promise<void>>();
  readonly #failedProbes = new WeakMap<Member, number>();
  readonly #stopTimers: (() => void)[];

  /** @throws {LanyardError} `io` if a port cannot be had. */
  constructor(options: TrackerOptions) {
    const { clock } = options;
    const onAccepted = (member: Member): void => this.#track(this.#tellReachable(member));
    this.#index = options.index ?? inThisThread(options);
    this.#registry = new Registry(options, this.#index, onAccepted);
    this.#doorman = new Doorman({
      maxPerAddress: options.maxPerAddress,
      now: () => clock.now(),
      onRefused: (address) => this.#report(tooMany, address),
    });
    this.#plain = this.#listen(options.port, "--port");
    try {
      this.#encrypted = this.#listen(options.tlsPort, "--tls-port", keyOf(options));
    } catch (error) {
      void this.#plain?.close();
      throw error;
    }
    this.#stopTimers = [
      clock.every(sweepEvery, () => this.#sweep()),
      clock.every(limits.probeSeconds * 1000, () => this.#track(this.#probeClassic())),
    ];
    for (const listener of this.#listeners()) this.#track(this.#serve(listener));
  }

  /** The port for plain connections, if there is one. */
  get port(): number | undefined {
    return this.#plain?.port;
  }

  /** The port for encrypted connections, if there is one. */
  get tlsPort(): number | undefined {
    return this.#encrypted?.port;
  }

  /** How much is going on. */
  counts(): Counts {
    const { roster, index } = this.#registry;
    const members = [...roster.online()].filter(({ accepted }) => accepted);
    const files = members.reduce((sum, { holder }) => sum + index.totals(holder).files, 0);
    return { sessions: roster.size, members: members.length, files };
  }

  /** Every session that is greeted now. */
  online(): OnlineSession[] {
    return [...this.#registry.roster.online()].map(({ peer, name, ends }) => ({
      peer,
      name,
      address: ends.remote,
    }));
  }

  /** Puts a peer out, with all its sessions and files. */
  expel(peer: string): void {
    this.#track(this.#registry.expel(peer));
  }

  /** Stops listening, closes every connection, and waits until all is quiet. */
  async close(): Promise<void> {
    for (const stop of this.#stopTimers) stop();
    for (const listener of this.#listeners()) this.#track(listener.close());
    for (const connection of this.#connections) connection.close("lost");
    await Promise.all(this.#running);
    await this.#index[Symbol.asyncDispose]?.();
  }

  #listeners(): Listener[] {
    return [this.#plain, this.#encrypted].filter((listener) => listener !== undefined);
  }

  #listen(port: number | undefined, flag: string, tls?: TlsKey): Listener | undefined {
    if (port === undefined) return undefined;
    const { host: hostname } = this.#registry.options;
    const onError = (error: unknown, address: string): void => this.#report(error, address);
    try {
      return Listener.open({ hostname, port, tls, doorman: this.#doorman, onError });
    } catch (cause) {
      throw new LanyardError("io", cannotListen(port, flag, cause), { cause });
    }
  }

  async #serve(listener: Listener): Promise<void> {
    await listener.run(async (stream, ends, place) => {
      const greeted = (): void => place.greeted();
      const connection = new Connection(this.#registry, stream, ends, this.#turns, greeted);
      this.#connections.add(connection);
      try {
        await connection.run();
      } finally {
        this.#connections.delete(connection);
      }
    });
  }

  /** Remembers work under way, so that closing can wait for it. */
  #track(work: Promise<void>): void {
    const tracked = work.catch((error) => this.#report(error));
    this.#running.add(tracked);
    void tracked.finally(() => this.#running.delete(tracked));
  }

  #report(error: unknown, address = ""): void {
    const code = error instanceof LanyardError ? error.code : "internal";
    const message = error instanceof Error ? error.message : String(error);
    this.#registry.options.onEvent({ event: "error", code, message, address });
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

function inThisThread({ maxFilesInTotal }: TrackerOptions): FileIndex {
  return new DirectIndex(new SqliteStore(randomId(), { mostFiles: maxFilesInTotal }));
}

/** What the operator is told of an address that has too many connections. */
const tooMany = new LanyardError("too-many", "Further connections of this address are refused");

/** @throws {RangeError} if there is to be a port for encrypted connections, and no key. */
function keyOf({ tlsPort, identity }: TrackerOptions): TlsKey | undefined {
  if (tlsPort !== undefined && identity === undefined) {
    throw new RangeError("Encrypted connections need an identity");
  }
  return identity;
}

function cannotListen(port: number, flag: string, cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) {
    return `Port ${port} is taken, maybe by another tracker; choose another one with ${flag}`;
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return `Port ${port} is reserved by this system; choose one above 1023 with ${flag}`;
  }
  return `Cannot listen on port ${port}: ${cause instanceof Error ? cause.message : cause}`;
}

import { Doorman, Listener, type TlsKey, Turns, within } from "../net/mod.ts";
import { LanyardError, limits, reasonOf } from "../shared/mod.ts";
import { Connection } from "./connection.ts";
import type { ControlTarget, Counts, OnlineSession } from "./control/target.ts";
import { Finder } from "./finder.ts";
import { DirectIndex, type FileIndex, SqliteStore } from "./index/mod.ts";
import { meteredIndex, type Standing, type TrackerMetrics } from "./metrics/mod.ts";
import { randomId, type TrackerOptions } from "./options.ts";
import { Prober } from "./prober.ts";
import { Registry } from "./registry.ts";
import type { Member } from "./roster.ts";

/** Milliseconds between looks for silent, stuck and expired sessions. */
const sweepEvery = 1000;
/** Seconds for what is being answered when the tracker ends: nobody waits longer for a service. */
const drainSeconds = 3;
/** Content that there is none of. */
const nothing = { id: "0".repeat(64), size: 0 };

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
  readonly #serving: Promise<void>[];
  readonly #failedProbes = new WeakMap<Member, number>();
  readonly #stopTimers: (() => void)[];
  #draining = false;

  /** @throws {LanyardError} `io` if a port cannot be had. */
  constructor(given: TrackerOptions) {
    const { clock, metrics } = given;
    const options: TrackerOptions = {
      ...given,
      onEvent: (event) => {
        metrics.hear(event);
        given.onEvent(event);
      },
    };
    const onAccepted = (member: Member): void => void this.#track(this.#tellReachable(member));
    this.#index = options.index ?? inThisThread(options);
    this.#registry = new Registry(options, meteredIndex(this.#index, metrics), onAccepted);
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
      clock.every(limits.probeSeconds * 1000, () => void this.#track(this.#probeClassic())),
    ];
    this.#serving = this.#listeners().map((listener) => this.#track(this.#serve(listener)));
  }

  /** The port for plain connections, if there is one. */
  get port(): number | undefined {
    return this.#plain?.port;
  }

  /** The port for encrypted connections, if there is one. */
  get tlsPort(): number | undefined {
    return this.#encrypted?.port;
  }

  /** What has happened since the start. */
  get metrics(): TrackerMetrics {
    return this.#registry.options.metrics;
  }

  /** What is here, as it is seen from this machine, which can reach everybody. */
  get finder(): Finder {
    const here = "127.0.0.1";
    return new Finder(this.#registry, { remote: here, local: here, encrypted: true });
  }

  /** How everything stands at this moment. */
  standing(): Standing {
    const sessions = { encrypted: 0, plain: 0, classic: 0 };
    for (const { dialect, ends } of this.#registry.roster.online()) {
      sessions[dialect === "classic" ? dialect : ends.encrypted ? "encrypted" : "plain"]++;
    }
    const { members, files } = this.counts();
    const { count: connections, turnedAway, sentAway } = this.#doorman;
    const queuedBytes = this.#connections.values().reduce((sum, { queued }) => sum + queued, 0);
    const { expected: lost } = this.#registry.roster;
    return { sessions, lost, members, files, connections, queuedBytes, turnedAway, sentAway };
  }

  /** Has the index answer something. @throws what the index throws; `closed` if this is ending. */
  async check(): Promise<void> {
    if (this.#draining) throw new LanyardError("closed", "The tracker is ending");
    await this.#index.sources(nothing, { limit: 1 });
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

  /**
   * Stops listening, and ends every connection in good order: what is being answered is answered.
   * Who has not read it after some seconds is left to `close`.
   */
  async drain(): Promise<void> {
    this.#draining = true;
    for (const listener of this.#listeners()) listener.stop();
    for (const connection of this.#connections) connection.drain();
    await within(Promise.all(this.#serving), drainSeconds * 1000);
  }

  /** Stops listening, closes every connection, and waits until all is quiet. */
  async close(): Promise<void> {
    this.#draining = true;
    for (const stop of this.#stopTimers) stop();
    for (const listener of this.#listeners()) this.#track(listener.close());
    for (const connection of this.#connections) connection.close("closing");
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
    await listener.run((stream, ends, place) => {
      const connection = new Connection(this.#registry, stream, ends, this.#turns, place);
      this.#connections.add(connection);
      if (this.#draining) connection.drain();
      return connection.run(() => this.#connections.delete(connection));
    });
  }

  /** Remembers work under way, so that closing can wait for it. */
  #track(work: Promise<void>): Promise<void> {
    const tracked = work.catch((error) => this.#report(error));
    this.#running.add(tracked);
    void tracked.finally(() => this.#running.delete(tracked));
    return tracked;
  }

  #report(error: unknown, address = ""): void {
    const code = error instanceof LanyardError ? error.code : "internal";
    const message = reasonOf(error);
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
    this.#registry.describe(member);
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
  return `Cannot listen on port ${port}: ${reasonOf(cause)}`;
}

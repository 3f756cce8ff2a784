import { LanyardError, type Source } from "../../shared/mod.ts";
import type { Engine } from "./engine.ts";
import { type Member, piecesASecond } from "./member.ts";
import { Members } from "./members.ts";
import { noSourceLeft } from "./no_source.ts";
import { PieceFetcher } from "./piece_fetcher.ts";
import type { PieceSet } from "./piece_set.ts";
import type { Plan } from "./plan.ts";
import { mostOutstanding, type SourceLink } from "./source_link.ts";
import type { Wanted } from "./wanted.ts";
import type { PartHandle } from "./writer.ts";

/** What a swarm tells while it works. */
export interface SwarmEvents {
  /** Verified bytes on disk, and bytes that came over the network in this run. */
  progress(verified: number, received: number): void;
  /** A source was given up. */
  sourceLost(source: Source, reason: LanyardError): void;
}

/** Bytes of one request: a few units, so that requests overlap without reserving much. */
export const requestBytes = 4 * 1024 * 1024;
/** Milliseconds between questions to the tracker for further sources: often at first, because
 * those who start together become each other's sources. */
const askAgainAfter = [1000, 2000, 4000, 8000, 10_000] as const;
/** Milliseconds between questions to a source that is still receiving, for what it has by now. */
const renewEvery = 1000;
/** Pieces a second a source is trusted with before it has delivered: among many receivers each
 * gets little, and what was asked for cannot be taken back. */
const triedRate = 2;
/** Milliseconds to wait for pieces that only others who are receiving could get. */
const stuckPatience = 30_000;
/** Milliseconds between looks at the plan when nothing happens: silence counts there, too. */
const lookEvery = 500;
/** Milliseconds before a lost source is tried again; doubled each time. */
const retryAfter = 250;

/** The sources of one file, each kept busy according to the plan until the file is complete. */
export class Swarm {
  readonly #engine: Engine;
  readonly #wanted: Wanted;
  readonly #plan: Plan;
  readonly #pieces: PieceFetcher;
  readonly #events: SwarmEvents;
  readonly #wait: boolean;
  readonly #members = new Members();
  readonly #running = new Set<Promise<void>>();
  #changed = Promise.withResolvers<void>();
  #failure: LanyardError | undefined;
  #stopped = false;
  readonly #over = Promise.withResolvers<never>();

  /** @param wait whether to wait for sources to come back rather than to fail without any. */
  constructor(
    engine: Engine,
    wanted: Wanted,
    plan: Plan,
    part: PartHandle,
    wait: boolean,
    events: SwarmEvents,
  ) {
    this.#engine = engine;
    this.#wanted = wanted;
    this.#plan = plan;
    this.#pieces = new PieceFetcher(engine, wanted, plan, part, {
      progress: (verified, received) => events.progress(verified, received),
      goesOn: (work) => this.#track(work),
    });
    this.#wait = wait;
    this.#events = events;
    this.#over.promise.catch(() => {}); // Whoever waits for a source looks at it.
  }

  /** Bytes that came over the network. */
  get received(): number {
    return this.#pieces.received;
  }

  /** Sources that delivered something. */
  get contributors(): number {
    return this.#members.contributing.length;
  }

  /** Whether something was delivered, and only by encrypted sources. */
  get encrypted(): boolean {
    return this.received > 0 &&
      this.#members.contributing.every(({ source }) => source.encrypted);
  }

  /** Whether the swarm has stopped working. */
  get ended(): boolean {
    return this.#stopped;
  }

  /** Resolves at the next change of the plan. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  /**
   * Fetches what is missing.
   *
   * @throws {LanyardError} why the file cannot be completed now.
   */
  async run(sources: readonly Source[]): Promise<void> {
    this.#events.progress(this.#pieces.verified, 0);
    if (this.#plan.complete) return;
    const look = setInterval(() => this.#look(), lookEvery);
    void this.#findMore();
    try {
      for (const source of sources) this.#add(source, false);
      // Only some of the sources are known so far; for a small file they are enough.
      if (this.#wanted.size > requestBytes) this.#track(this.#askTracker(false));
      this.#checkSources();
      while (this.#isRunning) await this.#changed.promise;
    } finally {
      this.#stopped = true;
      this.#over.reject(new LanyardError("closed", "The download is over"));
      this.#signal();
      clearInterval(look);
      while (this.#running.size > 0) await Promise.all(this.#running);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  get #isRunning(): boolean {
    return !this.#plan.complete && this.#failure === undefined && !this.#stopped;
  }

  /** @param again whether one that was lost, but is still named by the tracker, is tried again. */
  #add(source: Source, again: boolean): void {
    const member = this.#members.take(source, again);
    if (member !== undefined) this.#track(this.#work(member));
  }

  #track(work: Promise<void>): void {
    const tracked = work.catch((error) => this.#fail(error)).finally(() => {
      this.#running.delete(tracked);
      this.#signal();
    });
    this.#running.add(tracked);
  }

  /** Works with one source until the file is complete or the source is given up. */
  async #work(member: Member): Promise<void> {
    while (this.#isRunning) {
      try {
        // A source that does not answer must not keep a download that needs it no more.
        const [link, has] = await Promise.race([this.#connect(member), this.#over.promise]);
        this.#plan.addSource(member.number, has);
        this.#plan.setRate(
          member.number,
          Math.max(triedRate, piecesASecond(member, this.#wanted.size)),
        );
        await Promise.all([
          this.#pull(member, link),
          has === undefined ? undefined : this.#renew(member, link),
        ]);
      } catch (error) {
        if (this.#stopped) return;
        member.attempt++;
        this.#plan.dropSource(member.number);
        this.#signal();
        if (!(error instanceof LanyardError)) throw error;
        const reason = member.lied ?? error;
        if (this.#members.fail(member, reason)) return this.#giveUp(member, reason);
        await this.#pause(retryAfter * 2 ** member.failures);
      }
    }
  }

  /** Requests runs as far ahead as the source's speed calls for; ends when one of them fails. */
  async #pull(member: Member, link: SourceLink): Promise<void> {
    const requests = new Set<Promise<void>>();
    let failure: unknown;
    try {
      while (this.#isRunning && failure === undefined) {
        if (!link.isOpen) throw new LanyardError("closed", "The connection to the source ended");
        const run = link.outstanding < this.#allowance(member)
          ? this.#plan.assign(member.number)
          : undefined;
        if (run === undefined) {
          await this.#changed.promise;
          continue;
        }
        const request = this.#pieces.fetch(member, link, run)
          .catch((error) => failure ??= error)
          .finally(() => {
            requests.delete(request);
            this.#signal();
          });
        requests.add(request);
      }
      if (failure !== undefined) throw failure;
    } finally {
      // There is no way to take requests back, so a link that still owes us something is closed.
      if (requests.size > 0) link.close();
      await Promise.all(requests);
    }
  }

  async #connect(member: Member): Promise<[SourceLink, PieceSet | undefined]> {
    const link = await this.#engine.link(member.source);
    return [link, await this.#piecesOf(member, link)];
  }

  /** What a source has that is still receiving; `undefined` for everything. */
  async #piecesOf({ source }: Member, link: SourceLink): Promise<PieceSet | undefined> {
    if (source.partial !== true) return undefined;
    return await link.have(this.#wanted.id, this.#wanted.size);
  }

  /** Asks a source that is still receiving, again and again, what it has by now. */
  async #renew(member: Member, link: SourceLink): Promise<void> {
    const { attempt } = member;
    for (;;) {
      await this.#pause(renewEvery);
      if (!this.#isRunning || member.attempt !== attempt) return;
      const has = await Promise.race([this.#piecesOf(member, link), this.#over.promise]);
      if (member.attempt !== attempt) return;
      this.#plan.addSource(member.number, has);
      this.#signal();
      if (has === undefined) return;
    }
  }

  /** Bytes to ask for in advance: what the source sends in a second, so that slow ones hold little. */
  #allowance({ rate, contributed }: Member): number {
    if (!contributed || rate.value === 0) return requestBytes / 2; // Nothing is known yet.
    return Math.min(mostOutstanding - requestBytes, Math.max(1, rate.value)) + 1;
  }

  #giveUp({ source }: Member, reason: LanyardError): void {
    this.#events.sourceLost(source, reason);
    this.#checkSources();
  }

  /** Without any source left the tracker is asked at once, and then there is nothing to wait for. */
  #checkSources(): void {
    if (!this.#members.areGivenUp) return;
    this.#track((async () => {
      await this.#askTracker(false);
      if (this.#members.areGivenUp && !this.#wait) this.#fail(this.#noSource());
    })());
  }

  #noSource(): LanyardError {
    return noSourceLeft(this.#members.reason, this.#pieces.verified > 0);
  }

  async #findMore(): Promise<void> {
    for (let round = 0; this.#isRunning; round++) {
      await this.#pause(askAgainAfter[Math.min(round, askAgainAfter.length - 1)] ?? 0);
      if (this.#isRunning) await this.#askTracker(true);
    }
  }

  /** Time passes: slow sources fall behind, and what nobody has may never come. */
  #look(): void {
    const waited = performance.now() - this.#pieces.lastVerified;
    if (this.#plan.stuck && waited > stuckPatience && !this.#wait) this.#fail(this.#noSource());
    this.#signal();
  }

  async #askTracker(again: boolean): Promise<void> {
    try {
      const sources = await this.#engine.sources(this.#wanted.id, this.#wanted.size);
      if (this.#isRunning) { for (const source of sources) this.#add(source, again); }
    } catch (error) {
      // The tracker may be away while the sources are here: they are enough.
      if (!(error instanceof LanyardError)) throw error;
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof LanyardError
      ? error
      : new LanyardError("internal", String(error), { cause: error });
    this.#signal();
  }

  #signal(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Waits, but not beyond the end of the download. */
  async #pause(ms: number): Promise<void> {
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      this.#signal();
    }, ms);
    while (!over && this.#isRunning) await this.#changed.promise;
    clearTimeout(timer);
  }
}

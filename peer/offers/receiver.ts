import { LanyardError, nameOf } from "../../shared/mod.ts";
import { within } from "../../net/mod.ts";
import { Answering, Calls } from "../calls/mod.ts";
import { type Destination, place } from "../download/destination.ts";
import { Engine } from "../download/engine.ts";
import { Present } from "../download/present.ts";
import { TrackerSources } from "../download/tracker_sources.ts";
import type { Outcome } from "../download/transfer.ts";
import type { Peer } from "../peer.ts";
import { servingOptions } from "../serving.ts";
import { Announcer } from "../sharing/announcer.ts";
import { ListDigest } from "../sharing/list_digest.ts";
import { TrackerLink } from "../tracker_client/mod.ts";
import { Slots, UploadServer } from "../upload/mod.ts";
import { CurrentTracker } from "./current_tracker.ts";
import type { OfferedPush } from "./describe.ts";
import { fetchOffered } from "./fetching.ts";
import { type Decision, Intake } from "./intake.ts";
import type { ReceiverEvents, ReceiverOptions } from "./receiver_events.ts";
import { TakenFiles } from "./taken_files.ts";

export type { ReceiverEvents, ReceiverOptions };

/** Files that come at the same time: one is written while others come. */
const atOnce = 3;
/** Milliseconds that the tracker has to hear of a decision before we go on. */
const patience = 3000;
/** Files that are known at the same time: more than a tracker has to offer. */
const mostIntakes = 10_000;

/** Takes files that are offered, and gives them on to others who take them. */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #events: ReceiverEvents;
  readonly #tracker: CurrentTracker;
  readonly #announcer: Announcer;
  readonly #taken: TakenFiles;
  readonly #engine: Engine;
  readonly #present: Present;
  readonly #server: UploadServer;
  readonly #answering: Answering;
  readonly #link: TrackerLink;
  readonly #slots = new Slots(atOnce);
  readonly #intakes = new Map<string, Intake>();
  readonly #joined = Promise.withResolvers<string>();
  readonly #refused = Promise.withResolvers<never>();
  readonly #closing = Promise.withResolvers<never>();
  #deciding: Promise<unknown> = Promise.resolve();
  #busy = 0;
  #isClosed = false;
  #peerId = "";

  /** @throws {LanyardError} `io` if no port can be had. */
  constructor(peer: Peer, options: ReceiverOptions, events: ReceiverEvents) {
    const { cache, door, membership, memory, options: { name } } = peer;
    this.#options = options;
    this.#events = events;
    this.#tracker = new CurrentTracker(() => door.endpoint);
    this.#announcer = new Announcer(
      new ListDigest(memory.secret),
      ({ message }) => events.trouble(`The tracker does not let us give files on: ${message}`),
    );
    this.#taken = new TakenFiles(this.#announcer, (id, size) => cache.pieces(id, size));
    this.#present = new Present(cache);
    const calls = new Calls();
    this.#server = new UploadServer(
      {
        ...servingOptions(peer),
        switchboard: calls,
        limitUp: options.limitUp,
      },
      this.#taken,
      { uploaded: () => {}, trouble: (message) => events.trouble(message) },
    );
    this.#answering = new Answering(this.#server, membership);
    const sources = new TrackerSources(this.#tracker, {
      name,
      self: () => this.#peerId,
      callback: { calls, port: this.#server.port },
      ...(membership === undefined ? {} : { membership }),
    });
    this.#engine = new Engine(sources, cache, {
      reshare: this.#taken,
      limitDown: options.limitDown,
    });
    for (const { promise } of [this.#joined, this.#refused, this.#closing]) promise.catch(() => {});
    this.#link = this.#connect(peer);
  }

  /** The port that files are given on from. */
  get port(): number {
    return this.#server.port;
  }

  /** Resolves with our id when the tracker has greeted us. */
  get joined(): Promise<string> {
    return this.#joined.promise;
  }

  /** Never resolves; rejects when the tracker refuses us for good. */
  get refused(): Promise<never> {
    return this.#refused.promise;
  }

  /** Whether an offer is being decided about or a file is coming. */
  get isBusy(): boolean {
    return this.#busy > 0;
  }

  /** Says BYE; what is on its way stays as far as it has come. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.reject(new LanyardError("closed", "It is over"));
    await this.#link.close();
    this.#answering.close();
    await this.#engine.close();
    await this.#server.close();
    this.#present.close();
  }

  #connect({ door, membership, options: { name } }: Peer): TrackerLink {
    return new TrackerLink(door, membership, {
      introduce: () => {
        const { digest } = this.#announcer;
        const introduction = { name, port: this.#server.port };
        return digest === undefined ? introduction : { ...introduction, digest };
      },
      joined: (client, greeting) => {
        this.#peerId = greeting.peer;
        this.#tracker.set(client);
        this.#announcer.connect(client, greeting);
        this.#joined.resolve(greeting.peer);
      },
      pushed: (push) => {
        this.#answering.heed(push, door.endpoint);
        if (push.verb === "OFFERED") this.#track(this.#offered(push));
      },
      lost: () => {
        this.#tracker.set(undefined);
        this.#announcer.disconnect();
      },
      trouble: (message) => this.#events.trouble(message),
      refused: (reason) => this.#refused.reject(reason),
    });
  }

  /** What fails although nobody expected it ends the program, as any bug does. */
  #track(work: Promise<void>): void {
    this.#busy++;
    void work.catch((error) => this.#refused.reject(error)).finally(() => {
      if (--this.#busy === 0) this.#events.idle();
    });
  }

  async #offered(push: OfferedPush): Promise<void> {
    const key = `${push.file.id}:${push.file.size}`;
    const known = this.#intakes.get(key);
    if (known === undefined) {
      if (this.#intakes.size >= mostIntakes) return;
      const intake = new Intake(push, this.#tracker);
      this.#intakes.set(key, intake);
      return await this.#decide(intake, push);
    }
    const isNew = await known.add(push);
    // Whoever wanted the file wants it still; who did not is asked again only by somebody else.
    if (known.decision === "failed") await this.#take(known, await this.#place(known));
    else if (known.decision === "declined" && isNew) await this.#decide(known, push);
  }

  /** Where a file goes; what cannot be kept under its name here is told, and declined. */
  async #place(intake: Intake): Promise<Destination | undefined> {
    try {
      return await place(this.#options.root, nameOf(intake.offer.file.path));
    } catch (error) {
      await this.#refuse(intake, error);
      return undefined;
    }
  }

  /** A file cannot be taken, whatever anybody wants. */
  async #refuse(intake: Intake, error: unknown): Promise<void> {
    if (!(error instanceof LanyardError)) throw error;
    await this.#say(intake, "declined");
    this.#events.failed(intake, error);
  }

  /** Decides about an offer, as a rule when the one before it is decided about. */
  async #decide(intake: Intake, push: OfferedPush): Promise<void> {
    this.#events.offered(intake);
    const destination = await this.#place(intake);
    if (destination === undefined) return;
    const { decide, inTurn = true } = this.#options;
    const turn = inTurn ? this.#deciding : Promise.resolve();
    const decision = turn.then(() => decide(push, destination));
    this.#deciding = decision.catch(() => {}); // Whoever waits for it is told.
    try {
      const isWanted = await decision;
      if (isWanted === undefined) return;
      if (isWanted) return await this.#take(intake, destination);
      await this.#say(intake, "declined");
      this.#events.declined(intake);
    } catch (error) {
      await this.#refuse(intake, error);
    }
  }

  async #take(intake: Intake, destination: Destination | undefined): Promise<void> {
    if (destination === undefined || intake.decision === "taking") return;
    const start = performance.now();
    const { wanted } = intake;
    await this.#say(intake, "taking");
    this.#taken.expect(wanted, intake.name);
    try {
      const outcome = await this.#slots.use(() => this.#fetch(intake, destination));
      await this.#taken.complete(wanted, outcome.path);
      await this.#say(intake, "done");
      this.#events.done(intake, outcome, (performance.now() - start) / 1000);
    } catch (error) {
      if (this.#isClosed) return; // What has come is kept, and nobody is here to be told.
      this.#taken.forget(wanted);
      if (!(error instanceof LanyardError)) throw error;
      await this.#say(intake, "failed");
      this.#events.failed(intake, error);
    }
  }

  /** Tells those who offer a file, but does not wait for long: the tracker may have gone silent. */
  async #say(intake: Intake, decision: Decision): Promise<void> {
    await within(intake.decide(decision), patience);
  }

  #fetch(intake: Intake, destination: Destination): Promise<Outcome> {
    const events = this.#events;
    return fetchOffered(intake.wanted, destination, {
      engine: this.#engine,
      present: this.#present,
      modes: this.#options.modes,
      announced: () => Promise.race([this.#announcer.settled(), this.#closing.promise]),
      isOffered: () => intake.isOffered,
      pause: (ms) => within(this.#closing.promise, ms),
    }, {
      progress: (verified, received) => {
        intake.progress(verified, performance.now());
        events.progress(intake, verified, received);
      },
      waiting: () => events.waiting(intake),
      sourceLost: (source, reason) => events.sourceLost(intake, source, reason),
      retrying: (reason, seconds) => events.retrying(intake, reason, seconds),
    });
  }
}

import {
  decodeMessage,
  encodeMessage,
  fromErrorMessage,
  isPush,
  LanyardError,
  limits,
  type MessageOf,
  protocolVersion,
  prove,
  syntaxError,
  type TrackerPush,
  trackerReplies,
  type TrackerReply,
  type TrackerRequest,
  Wire,
} from "../../shared/mod.ts";
import type { Membership, TrackerKey } from "../membership.ts";
import type { Endpoint } from "../net.ts";
import type { Door } from "./door.ts";

type Answer<V extends TrackerReply["verb"]> = Extract<TrackerReply, { verb: V }>;

/** What the tracker said when it greeted us, with the id by which others know us there. */
export type Greeting = Answer<"HI"> & { peer: string };

/** How a peer introduces itself. */
export interface Introduction {
  name: string;
  /** Where its files are served; 0 if nowhere. */
  port: number;
  /** The digest of the list of files it announced before, if the tracker may still have it. */
  digest?: string;
  /** Whether others may send files to us. */
  inbox?: boolean;
  /** Whether we want to be told of offers; the tracker takes it for granted. */
  offers?: boolean;
}

/** How to join over an encrypted connection. */
export interface Joining {
  /** Who we are; learns of the tickets that come. Missing without encryption. */
  membership?: Membership;
  /** The key of an invite, base64url. */
  invite?: string;
  onPush?: (push: TrackerPush) => void;
}

/** The answers that each request may have, ERROR aside. */
interface Answers {
  HELLO: "HI";
  PROVE: "OK";
  SHARE: "ACCEPTED";
  UNSHARE: "ACCEPTED";
  SHARED: "ACCEPTED";
  SEARCH: "FOUND" | "NOT FOUND";
  LIST: "FOUND" | "NOT FOUND";
  SOURCES: "SOURCES";
  PEERS: "PEERS";
  OFFER: "OK";
  ANSWER: "OK";
  CALL: "OK";
  PING: "PONG";
}

type Asking = Extract<TrackerRequest, { verb: keyof Answers }>;

interface Waiting {
  verbs: readonly string[];
  resolve(reply: TrackerReply): void;
  reject(error: Error): void;
}

const expected: { [V in keyof Answers]: readonly Answers[V][] } = {
  HELLO: ["HI"],
  PROVE: ["OK"],
  SHARE: ["ACCEPTED"],
  UNSHARE: ["ACCEPTED"],
  SHARED: ["ACCEPTED"],
  SEARCH: ["FOUND", "NOT FOUND"],
  LIST: ["FOUND", "NOT FOUND"],
  SOURCES: ["SOURCES"],
  PEERS: ["PEERS"],
  OFFER: ["OK"],
  ANSWER: ["OK"],
  CALL: ["OK"],
  PING: ["PONG"],
};

/** Seconds between looks at whether PING is due or the tracker has gone silent. */
const watchEvery = 5;
/** Milliseconds that a tracker has to hang up after BYE. */
const farewell = 1000;

/** Where questions to a tracker go. */
export type Asked = Pick<TrackerClient, "request" | "endpoint">;

/** One connection to a tracker: requests go out, each answer finds its request, pushes come in. */
export class TrackerClient {
  readonly endpoint: Endpoint;
  readonly #wire: Wire;
  readonly #waiting: Waiting[] = [];
  readonly #onPush: (push: TrackerPush) => void;
  readonly #membership: Membership | undefined;
  #watch: ReturnType<typeof setInterval>;
  /** Seconds between PINGs, whatever else is said: they bring the tracker's time and tickets. */
  #pingAfter: number = limits.pingSeconds;
  /** Seconds of silence after which the tracker is taken for gone: some PINGs were not answered. */
  #patience: number = limits.idleSeconds;
  readonly #ended = Promise.withResolvers<LanyardError>();
  #lastPing = performance.now();
  #lastHeard = performance.now();
  #failure: LanyardError | undefined;

  private constructor(endpoint: Endpoint, wire: Wire, { onPush, membership }: Joining) {
    this.endpoint = endpoint;
    this.#wire = wire;
    this.#onPush = onPush ?? (() => {});
    this.#membership = membership;
    this.#watch = this.#watchEvery(watchEvery);
    void this.#listen();
  }

  /**
   * Connects, greets, and over an encrypted connection proves who we are.
   *
   * @throws {LanyardError} `unreachable`, `wrong-key`, `version`, or what the tracker answers.
   */
  static async join(
    door: Door,
    introduction: Introduction,
    joining: Joining = {},
  ): Promise<{ client: TrackerClient; greeting: Greeting }> {
    const { connection, tracker } = await door.open();
    const client = new TrackerClient(door.endpoint, new Wire(connection), joining);
    try {
      const hello = { verb: "HELLO", version: protocolVersion, ...introduction } as const;
      const hi = await client.request(hello);
      client.#heed(hi.limits.idle ?? limits.idleSeconds);
      const greeting = tracker === undefined
        ? named(hi)
        : await client.#prove(hi, tracker, joining);
      return { client, greeting };
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Resolves with the reason when the connection has ended. */
  get ended(): Promise<LanyardError> {
    return this.#ended.promise;
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @throws {LanyardError} the tracker's ERROR, or `closed` if the connection ends first.
   */
  async request<R extends Asking>(request: R): Promise<Answer<Answers[R["verb"]]>> {
    if (this.#failure !== undefined) throw this.#failure;
    const line = encodeMessage(request);
    const reply = await new Promise<TrackerReply>((resolve, reject) => {
      this.#waiting.push({ verbs: expected[request.verb], resolve, reject });
      void this.#wire.send(line);
    });
    return reply as Answer<Answers[R["verb"]]>;
  }

  /** Says BYE, so that our files are taken out at once, and closes. */
  async bye(): Promise<void> {
    if (this.#failure !== undefined) return;
    void this.#wire.send(encodeMessage({ verb: "BYE" }));
    const finished = this.#wire.finish();
    this.#end(new LanyardError("closed", "The connection to the tracker was closed"));
    const timer = setTimeout(() => this.#wire.close(), farewell);
    await finished;
    clearTimeout(timer);
  }

  /** Closes without BYE. */
  close(): void {
    this.#wire.close();
    this.#end(new LanyardError("closed", "The connection to the tracker was closed"));
  }

  /** Shows the tracker that we have the key of our certificate. */
  async #prove(
    hi: Answer<"HI">,
    tracker: TrackerKey,
    { membership, invite }: Joining,
  ): Promise<Greeting> {
    if (membership === undefined) throw new RangeError("There is nothing to prove with");
    const { nonce } = hi;
    if (nonce === undefined || hi.id !== tracker.id) {
      throw syntaxError("The tracker did not ask for a proof as its key would have to");
    }
    membership.joined(tracker);
    const { identity } = membership;
    const proof = prove({ purpose: "tracker", nonce, server: tracker.id }, identity);
    const { accepted = false, known = false } = await this.request({
      verb: "PROVE",
      ...proof,
      ...(invite === undefined ? {} : { invite }),
    });
    return { ...hi, accepted, known, peer: identity.id };
  }

  async #listen(): Promise<void> {
    try {
      for (let first = true;; first = false) {
        const line = await (first ? this.#wire.readFirstLine() : this.#wire.readLine());
        if (line === undefined) break;
        this.#lastHeard = performance.now();
        this.#take(decodeMessage(trackerReplies, line));
      }
      this.#end(new LanyardError("closed", "The tracker closed the connection"));
    } catch (error) {
      this.#end(error instanceof LanyardError ? error : new LanyardError("closed", String(error)));
    }
    this.#wire.close();
  }

  #take(reply: MessageOf<typeof trackerReplies>): void {
    if (reply.verb === "REVOKED") this.#membership?.revoke(reply.peer, reply.at);
    if (isPush(reply)) return this.#onPush(reply);
    if (reply.verb === "OK" || reply.verb === "PONG" || reply.verb === "ACCEPTED") {
      this.#membership?.heard(reply);
    }
    const [waiting] = this.#waiting;
    if (reply.verb !== "ERROR" && waiting?.verbs.includes(reply.verb) !== true) {
      // Whoever waits learns of it with everybody else, when the connection ends.
      throw syntaxError(`The tracker sent an unexpected ${reply.verb}`);
    }
    this.#waiting.shift();
    if (reply.verb !== "ERROR") return waiting?.resolve(reply);
    const error = fromErrorMessage(reply);
    if (waiting === undefined) throw error;
    waiting.reject(error);
  }

  /** Has PINGs sent often enough for a tracker that ends sessions after `idle` silent seconds. */
  #heed(idle: number): void {
    const seconds = Math.max(1, idle);
    this.#pingAfter = Math.min(limits.pingSeconds, seconds / 3);
    // One that soon takes us for gone is soon taken for gone itself.
    this.#patience = Math.min(limits.idleSeconds, seconds);
    clearInterval(this.#watch);
    if (this.#failure === undefined) {
      this.#watch = this.#watchEvery(Math.min(watchEvery, seconds / 6));
    }
  }

  #watchEvery(seconds: number): ReturnType<typeof setInterval> {
    return setInterval(() => this.#keepAlive(), seconds * 1000);
  }

  #keepAlive(): void {
    const now = performance.now();
    if (now - this.#lastHeard > this.#patience * 1000) {
      this.#end(new LanyardError("timeout", "The tracker has gone silent"));
      this.#wire.close();
    } else if (now - this.#lastPing > this.#pingAfter * 1000) {
      this.#lastPing = now;
      // Its answer only matters to `#lastHeard`; a failure ends the connection anyway.
      this.request({ verb: "PING" }).catch(() => {});
    }
  }

  #end(error: LanyardError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    clearInterval(this.#watch);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.#ended.resolve(error);
  }
}

/** Without encryption the tracker names each session. */
function named(hi: Answer<"HI">): Greeting {
  const { peer } = hi;
  if (peer === undefined) throw syntaxError("The tracker did not say how others know us");
  return { ...hi, peer };
}

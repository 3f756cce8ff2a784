/** Stand-ins for what a tracker meets, for its tests: a clock, a network, peers that say things. */
import { Turns } from "../net/mod.ts";
import {
  type ByteStream,
  LanyardError,
  parseSharePath,
  type SharedFile,
  type TrackerReply,
  type TrackerRequest,
} from "../shared/mod.ts";
import { Connection } from "./connection.ts";
import type { TrackerEvent } from "./events.ts";
import { DirectIndex, type FileIndex, SqliteStore } from "./index/mod.ts";
import { type Clock, defaultTrackerOptions, type TrackerOptions } from "./options.ts";
import { Registry } from "./registry.ts";
import type { Ends, Member } from "./roster.ts";
import { Session } from "./session.ts";

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  readonly #tasks = new Set<{ ms: number; task: () => void; due: number }>();
  #now = 1_780_000_000_000;

  now(): number {
    return this.#now;
  }

  every(ms: number, task: () => void): () => void {
    const entry = { ms, task, due: this.#now + ms };
    this.#tasks.add(entry);
    return () => this.#tasks.delete(entry);
  }

  /** Moves time on, in steps of a second, and runs what falls due. */
  advance(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.#now += 1000;
      for (const entry of this.#tasks) {
        if (entry.due > this.#now) continue;
        entry.due += entry.ms;
        entry.task();
      }
    }
  }
}

/** 64 hex digits that are easy to tell from others. */
export function hex(number: number): string {
  return number.toString(16).padStart(64, "0");
}

/** A file to announce. Files with the same number have the same content. */
export function aFile(path: string, number = 1, more: Partial<SharedFile> = {}): SharedFile {
  const file = { path: parseSharePath(path), size: 1000 + number, modified: number };
  return { ...file, id: hex(number), ...more };
}

/** `count` files with names and contents of their own. */
export function manyFiles(count: number, folder = "many"): SharedFile[] {
  return Array.from({ length: count }, (_, n) => aFile(`${folder}/file ${n}.txt`, n));
}

/** What sessions share, with everything that happens there written down. */
export interface Yard {
  clock: FakeClock;
  events: TrackerEvent[];
  accepted: Member[];
  index: FileIndex;
  registry: Registry;
}

/** Makes a tracker without its sockets. */
export function aYard(given: Partial<TrackerOptions> = {}): Yard {
  const clock = new FakeClock();
  const events: TrackerEvent[] = [];
  const accepted: Member[] = [];
  const options = {
    ...defaultTrackerOptions(),
    name: "yard",
    id: hex(0xf00),
    clock,
    onEvent: (event: TrackerEvent) => void events.push(event),
    ...given,
  };
  const index = new DirectIndex(new SqliteStore("a test", { mostFiles: 20_000_000 }));
  const registry = new Registry(options, index, (member) => accepted.push(member));
  return { clock, events, accepted, index, registry };
}

/** A machine on the network, and the tracker's address as it sees it. */
export function from(remote: string, local = "192.0.2.1", encrypted = false): Ends {
  return { remote, local, encrypted };
}

/** A greeted session as the roster has it; a peer of its own unless said otherwise. */
export function aSession(holder: number, more: Partial<Member> = {}): Member {
  return {
    holder,
    peer: hex(holder),
    name: `peer ${holder}`,
    dialect: "version-2",
    ends: from("192.0.2.7"),
    port: 2224,
    reachable: true,
    accepted: true,
    offers: true,
    inbox: false,
    push: () => {},
    replace: () => {},
    ...more,
  };
}

/** One end of a session, without lines and sockets. */
export class Caller {
  /** Pushes received, and `closed` when the tracker hung up without a word. */
  readonly events: (TrackerReply | "closed")[] = [];
  readonly session: Session;

  constructor(
    { registry }: Yard,
    ends = from("192.0.2.7"),
    dialect: Member["dialect"] = "version-2",
  ) {
    this.session = new Session(registry, {
      dialect,
      ends,
      push: (reply) => void this.events.push(reply),
      disconnect: () => void this.events.push("closed"),
    });
  }

  /** Asks; an error comes back as its code, as it would over the wire. */
  async ask(request: TrackerRequest): Promise<TrackerReply | string | undefined> {
    try {
      return await this.session.handle(request);
    } catch (error) {
      if (error instanceof LanyardError) return error.fatal ? `${error.code}!` : error.code;
      throw error;
    }
  }

  /** Asks, and expects an answer with this verb. */
  async get<V extends TrackerReply["verb"]>(
    verb: V,
    request: TrackerRequest,
  ): Promise<Extract<TrackerReply, { verb: V }>> {
    const reply = await this.session.handle(request);
    if (reply?.verb !== verb) throw new TypeError(`Got ${JSON.stringify(reply)}, not ${verb}`);
    return reply as Extract<TrackerReply, { verb: V }>;
  }

  hello(
    more: Partial<Extract<TrackerRequest, { verb: "HELLO" }>> = {},
  ): Promise<Extract<TrackerReply, { verb: "HI" }>> {
    return this.get("HI", { verb: "HELLO", version: 2, name: "ana", port: 2224, ...more });
  }

  share(...files: SharedFile[]): Promise<Extract<TrackerReply, { verb: "ACCEPTED" }>> {
    return this.get("ACCEPTED", { verb: "SHARE", files });
  }

  /** Names a search finds, in the order of the answer. */
  async search(text: string): Promise<string[]> {
    const reply = await this.session.handle({ verb: "SEARCH", text });
    return reply?.verb === "FOUND" ? reply.files.map(({ name }) => name) : [];
  }
}

/** A greeted session that shares files. */
export async function aMember(
  yard: Yard,
  { name = "ana", ends = from("192.0.2.7"), files = [aFile("a.txt")] }: {
    name?: string;
    ends?: Ends;
    files?: SharedFile[];
  } = {},
): Promise<Caller> {
  const caller = new Caller(yard, ends);
  await caller.hello({ name });
  await caller.share(...files);
  return caller;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A connection without a network: the test is the remote. */
export class FakeStream implements ByteStream {
  /** Whether the tracker's writes are taken; while they are not, they wait. */
  taking = true;
  /** Whether the tracker closed the connection, and whether it said that it will send no more. */
  closed = false;
  finished = false;
  readonly #incoming: Uint8Array[] = [];
  #ended = false;
  #broken = false;
  #output = "";
  #wake = Promise.withResolvers<void>();

  /** Says something to the tracker. */
  say(text: string | Uint8Array): void {
    this.#incoming.push(typeof text === "string" ? encoder.encode(text) : text);
    this.#changed();
  }

  /** Says that nothing more will come. */
  hangUp(): void {
    this.#ended = true;
    this.#changed();
  }

  /** Makes every read and write fail, as after a reset. */
  reset(): void {
    this.#broken = true;
    this.#changed();
  }

  /** Starts, or stops, taking what the tracker writes. */
  take(taking: boolean): void {
    this.taking = taking;
    this.#changed();
  }

  /** The next line from the tracker. */
  async line(): Promise<string> {
    await this.until(() => this.#output.includes("\n") || this.closed || this.finished);
    const end = this.#output.indexOf("\n");
    if (end === -1) throw new TypeError(`The connection ended; last: "${this.#output}"`);
    const line = this.#output.slice(0, end);
    this.#output = this.#output.slice(end + 1);
    return line;
  }

  /** The next line from the tracker as a value. */
  async reply(): Promise<{ verb: string; [key: string]: unknown }> {
    const line = await this.line();
    const [, verb = line, body = "{}"] = /^([A-Z]+|NOT FOUND) (\{.*\})$/.exec(line) ?? [];
    return { verb, ...JSON.parse(body) };
  }

  /** Everything the tracker still sends until it has nothing more to say. */
  async rest(): Promise<string> {
    await this.until(() => this.closed || this.finished);
    const rest = this.#output;
    this.#output = "";
    return rest;
  }

  /** Waits until something is so; looked at whenever bytes move or the connection changes. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.#wake.promise;
  }

  async read(into: Uint8Array): Promise<number | null> {
    await this.until(() => this.#incoming.length > 0 || this.#ended || this.#broken || this.closed);
    if (this.closed) throw new Deno.errors.BadResource("Closed");
    if (this.#broken) throw new Deno.errors.ConnectionReset("Reset");
    const chunk = this.#incoming.shift();
    if (chunk === undefined) return null;
    const taken = chunk.subarray(0, into.length);
    if (taken.length < chunk.length) this.#incoming.unshift(chunk.subarray(taken.length));
    into.set(taken);
    this.#changed();
    return taken.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.until(() => this.taking || this.#broken || this.closed);
    if (this.closed) throw new Deno.errors.BadResource("Closed");
    if (this.#broken) throw new Deno.errors.BrokenPipe("Reset");
    this.#output += decoder.decode(bytes, { stream: true });
    this.#changed();
    return bytes.length;
  }

  closeWrite(): Promise<void> {
    this.finished = true;
    this.#changed();
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
    this.#changed();
  }

  #changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** A connection being served, with the test at its other end. */
export class Dialled extends FakeStream {
  readonly connection: Connection;
  /** Resolves when the tracker is done with the connection. */
  readonly over: Promise<void>;
  /** How often the connection told that its remote is known. */
  greetings = 0;
  readonly #clock: FakeClock;

  constructor({ registry, clock }: Yard, ends = from("192.0.2.7")) {
    super();
    this.#clock = clock;
    const turns = new Turns({ now: () => 0, next: () => {}, later: () => () => {} });
    this.connection = new Connection(registry, this, ends, turns, {
      greeted: () => this.greetings++,
    });
    this.over = this.connection.run(() => {});
  }

  /** Says a line and waits for the next one from the tracker. */
  ask(line: string): Promise<{ verb: string; [key: string]: unknown }> {
    this.say(`${line}\n`);
    return this.reply();
  }

  /** Lets time pass, looking after the connection every second as a server does. */
  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.#clock.advance(1);
      this.connection.sweep(this.#clock.now());
    }
  }

  /** Hangs up and waits until the tracker has noticed. */
  async leave(): Promise<void> {
    this.hangUp();
    await this.over;
  }
}

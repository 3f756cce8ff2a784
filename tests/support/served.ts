import { assert, assertEquals } from "@std/assert";
import { equals } from "@std/bytes";
import { join } from "@std/path";
import { hashPieces, idFromPieces } from "../../shared/mod.ts";
import {
  type RunningShare,
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./network.ts";
import type { Line, Program } from "./program.ts";
import { type Faults, Proxy } from "./proxy.ts";
import { RawConnection } from "./raw_connection.ts";

/** The id of some content. */
export function idOf(content: Uint8Array): string {
  return idFromPieces(hashPieces(content), content.length);
}

/** Announces files at a tracker of this machine as served at `port`, while the result is open. */
export async function announce(
  trackerPort: number,
  port: number,
  files: Record<string, Uint8Array>,
): Promise<RawConnection> {
  const session = await RawConnection.greet(trackerPort, { name: `port ${port}`, port });
  const shared = Object.entries(files).map(([path, content]) => {
    return { path, size: content.length, modified: 1_700_000_000_000, id: idOf(content) };
  });
  const { verb } = await session.request("SHARE", { files: shared });
  assertEquals(verb, "ACCEPTED");
  return session;
}

/** Files that a real peer serves, which reach others only through proxies: each one is a source. */
export class Served implements AsyncDisposable {
  /** Where the real peer has its files; `shared` below is what it shares. */
  readonly folder: TempFolder;
  /** The tracker that names the proxies. */
  readonly tracker: RunningTracker;
  readonly origin: RunningShare;
  readonly proxies: Proxy[] = [];
  readonly #files: Record<string, Uint8Array>;
  readonly #sessions = new Map<Proxy, RawConnection>();
  readonly #visitors: Visitor[] = [];

  private constructor(
    files: Record<string, Uint8Array>,
    folder: TempFolder,
    origin: RunningShare,
    tracker: RunningTracker,
  ) {
    this.#files = files;
    this.folder = folder;
    this.origin = origin;
    this.tracker = tracker;
  }

  /** Serves files through as many proxies as there are faults. */
  static async start(
    files: Record<string, Uint8Array>,
    ...sources: readonly Faults[]
  ): Promise<Served> {
    const folder = new TempFolder();
    for (const [name, content] of Object.entries(files)) {
      await folder.write(`shared/${name}`, content);
    }
    const hosting = ["--host-tracker", "--tracker-port", "0", "--tracker-tls-port", "0"];
    const [origin, tracker] = await Promise.all([
      startShare("127.0.0.1", [join(folder.path, "shared")], hosting),
      // The sessions that name the proxies say nothing for as long as a test may take.
      startTracker(["--idle-timeout", "3600"]),
    ]);
    const served = new Served(files, folder, origin, tracker);
    for (const faults of sources) await served.addSource(faults);
    return served;
  }

  /** The first source. */
  get proxy(): Proxy {
    const [first] = this.proxies;
    if (first === undefined) throw new RangeError("There is no source");
    return first;
  }

  /** Path of a shared file on the real peer's disk. */
  path(name: string): string {
    return join(this.folder.path, "shared", name);
  }

  /** Makes another source of the files. */
  async addSource(faults: Faults = {}): Promise<Proxy> {
    return await this.addProxy(new Proxy(Number(this.origin.ready["port"]), faults));
  }

  /** Makes a proxy, of whatever it may be, a source of the files. */
  async addProxy(proxy: Proxy): Promise<Proxy> {
    this.proxies.push(proxy);
    this.#sessions.set(proxy, await announce(this.tracker.port, proxy.port, this.#files));
    return proxy;
  }

  /** The source at a proxy dies, as with its machine: the tracker loses it, too. */
  kill(proxy: Proxy): void {
    this.#sessions.get(proxy)?.close();
    proxy.die();
  }

  /** Starts `peer get` as a peer that was never here before. */
  async get(...args: string[]): Promise<Program> {
    const visitor = new Visitor(this.tracker.address);
    this.#visitors.push(visitor);
    return await visitor.start("get", ...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions.values()) session.close();
    for (const proxy of this.proxies) await proxy[Symbol.asyncDispose]();
    await this.origin[Symbol.asyncDispose]();
    await this.tracker[Symbol.asyncDispose]();
    for (const visitor of this.#visitors) await visitor[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

/** Fails unless a file holds exactly this. */
export async function assertContent(path: string, expected: Uint8Array): Promise<void> {
  const found = await Deno.readFile(path);
  assertEquals(found.length, expected.length, `length of ${path}`);
  assert(equals(found, expected), `${path} has other content`);
}

/** Names in a folder, in order. */
export function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

/** Resolves when a download has that many verified bytes. */
export async function verified(program: Program, bytes: number): Promise<Line> {
  return await program.line(({ event, done }) => event === "progress" && Number(done) >= bytes);
}

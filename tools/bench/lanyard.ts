import { join } from "@std/path";
import { type Identity, openIdentity } from "../../net/mod.ts";
import { formatJoinLink } from "../../shared/mod.ts";
import { Child, type ChildOptions } from "./child.ts";
import type { Lab } from "./lab.ts";
import { freePorts, startDaemon } from "./rivals/daemon.ts";

/** How a tracker is joined, and so how everything else goes. */
export type Way = "plain" | "encrypted";

/** A tracker that listens. */
export interface StartedTracker extends AsyncDisposable {
  child: Child;
  /** Where it listens without encryption. */
  port: number;
  /** Where it listens with encryption. */
  tlsPort: number;
  /** As `--tracker` takes it, to join without encryption. */
  address: string;
  /** As `--tracker` takes it, to join with encryption. */
  link: string;
  identity: Identity;
}

/** Starts a tracker on free ports. */
export async function startTracker(lab: Lab, ...args: string[]): Promise<StartedTracker> {
  const state = lab.newFolder("tracker");
  const identity = await openIdentity(state);
  const ports = ["--port", "0", "--tls-port", "0", "--http-port", "off", "--no-discovery"];
  const command = [...lab.programs.tracker, ...ports, "--json", "--state", state, ...args];
  const child = new Child(command);
  const { port, tlsPort } = await child.event("ready");
  return started(child, identity, Number(port), Number(tlsPort));
}

/** Starts a tracker that tells nothing, so that it does nothing but answer. */
export async function startQuietTracker(lab: Lab, ...args: string[]): Promise<StartedTracker> {
  const state = lab.newFolder("tracker");
  const identity = await openIdentity(state);
  const [port = 0, tlsPort = 0] = freePorts(2);
  const ports = ["--port", String(port), "--tls-port", String(tlsPort), "--http-port", "off"];
  const [program = "", ...rest] = lab.programs.tracker;
  const options = [...ports, "--no-discovery", "--quiet", "--state", state, ...args];
  const child = await startDaemon(port, program, ...rest, ...options);
  return started(child, identity, port, tlsPort);
}

function started(
  child: Child,
  identity: Identity,
  port: number,
  tlsPort: number,
): StartedTracker {
  const host = "127.0.0.1";
  return {
    child,
    port,
    tlsPort,
    address: `${host}:${port}`,
    link: formatJoinLink({ host, port: tlsPort, id: identity.id }),
    identity,
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

/** The options with which a tracker is joined. */
function joining({ address, link }: StartedTracker, way: Way): string[] {
  return way === "plain" ? ["--tracker", address, "--plain"] : ["--tracker", link];
}

/** What can be told to `peer share`. */
export interface ShareOptions {
  /** Without encryption if not given. */
  way?: Way;
  /** A state folder of an earlier share; a new one if not given. */
  state?: string;
  args?: readonly string[];
}

/** A peer that has announced everything. */
export interface StartedShare extends AsyncDisposable {
  child: Child;
  port: number;
  files: number;
  /** Seconds from the start of the program to `ready`. */
  seconds: number;
}

/** Shares a path, and waits until it is announced. */
export async function startShare(
  lab: Lab,
  tracker: StartedTracker,
  path: string,
  { way = "plain", state = lab.newFolder("share"), args = [] }: ShareOptions = {},
): Promise<StartedShare> {
  const common = [...joining(tracker, way), "--state", state, "--port", "0"];
  const child = new Child([...lab.programs.peer, "share", path, ...common, "--json", ...args]);
  const { at, port, files } = await child.event("ready");
  return {
    child,
    port: Number(port),
    files: Number(files),
    seconds: (at - child.started) / 1000,
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

/**
 * A person who copies files. They were here before: the file that they share themselves is hashed
 * already, and they have a key and know the tracker's. What they copied before is forgotten each
 * time.
 */
export class Visitor {
  readonly #lab: Lab;
  readonly #joining: readonly string[];
  readonly #own: string;
  readonly #state: string;

  private constructor(lab: Lab, joining: readonly string[]) {
    this.#lab = lab;
    this.#joining = joining;
    const home = lab.newFolder("visitor");
    this.#own = join(home, "own.txt");
    this.#state = join(home, "state");
    Deno.mkdirSync(this.#state);
    Deno.writeTextFileSync(this.#own, "mine\n");
  }

  static async arrive(lab: Lab, tracker: StartedTracker, way: Way = "plain"): Promise<Visitor> {
    const visitor = new Visitor(lab, joining(tracker, way));
    // What was written just now may still change, so its hash would not be kept.
    await new Promise((resolve) => setTimeout(resolve, hashKeptAfter));
    await using first = new Child(visitor.#command(lab.programs.peer, visitor.#state, "peers"));
    await first.succeed();
    return visitor;
  }

  /** The command for one download. */
  getCommand(what: string, output: string, programs = this.#lab.programs): string[] {
    const state = this.#lab.newFolder("get");
    for (const { name, isFile } of Deno.readDirSync(this.#state)) {
      if (isFile) Deno.copyFileSync(join(this.#state, name), join(state, name));
    }
    return this.#command(programs.peer, state, "get", what, "--output", output);
  }

  /** Starts a download. */
  get(what: string, output: string, options?: ChildOptions): Child {
    return new Child(this.getCommand(what, output), options);
  }

  #command(peer: readonly string[], state: string, ...args: string[]): string[] {
    const common = [...this.#joining, "--state", state, "--share", this.#own];
    return [...peer, ...args, ...common, "--json"];
  }
}

/** Milliseconds after which the hash of a file that was written is kept. */
const hashKeptAfter = 2500;

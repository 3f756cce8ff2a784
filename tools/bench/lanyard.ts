import { join } from "@std/path";
import { Child, type ChildOptions } from "./child.ts";
import type { Lab } from "./lab.ts";
import { freePort, startDaemon } from "./rivals/daemon.ts";

/** A tracker that listens. */
export interface StartedTracker extends AsyncDisposable {
  child: Child;
  port: number;
  /** As `--tracker` takes it. */
  address: string;
}

/** Starts a tracker on a free port. */
export async function startTracker(lab: Lab, ...args: string[]): Promise<StartedTracker> {
  const state = lab.newFolder("tracker");
  const command = [...lab.programs.tracker, "--port", "0", "--json", "--state", state, ...args];
  const child = new Child(command);
  const { port } = await child.event("ready");
  return {
    child,
    port: Number(port),
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

/** Starts a tracker that tells nothing, so that it does nothing but answer. */
export async function startQuietTracker(lab: Lab, ...args: string[]): Promise<StartedTracker> {
  const port = freePort();
  const [program = "", ...rest] = lab.programs.tracker;
  const state = lab.newFolder("tracker");
  const options = ["--port", String(port), "--state", state, "--quiet", ...args];
  const child = await startDaemon(port, program, ...rest, ...options);
  const address = `127.0.0.1:${port}`;
  return { child, port, address, [Symbol.asyncDispose]: () => child.stop() };
}

/** What can be told to `peer share`. */
export interface ShareOptions {
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
  { state = lab.newFolder("share"), args = [] }: ShareOptions = {},
): Promise<StartedShare> {
  const common = ["--tracker", tracker.address, "--state", state, "--port", "0", "--plain"];
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
 * already. What they copied before is forgotten each time.
 */
export class Visitor {
  readonly #lab: Lab;
  readonly #tracker: string;
  readonly #own: string;
  readonly #state: string;

  private constructor(lab: Lab, tracker: string) {
    this.#lab = lab;
    this.#tracker = tracker;
    const home = lab.newFolder("visitor");
    this.#own = join(home, "own.txt");
    this.#state = join(home, "state");
    Deno.mkdirSync(this.#state);
    Deno.writeTextFileSync(this.#own, "mine\n");
  }

  static async arrive(lab: Lab, tracker: StartedTracker): Promise<Visitor> {
    const visitor = new Visitor(lab, tracker.address);
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
    const common = ["--tracker", this.#tracker, "--state", state, "--share", this.#own, "--plain"];
    return [...peer, ...args, ...common, "--json"];
  }
}

/** Milliseconds after which the hash of a file that was written is kept. */
const hashKeptAfter = 2500;

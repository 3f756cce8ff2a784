import { join } from "@std/path";
import { formatJoinLink } from "../../shared/mod.ts";
import { type Ended, type Line, Program, runPeer, type StartOptions } from "./program.ts";

/** A temporary folder that goes away with its test. */
export class TempFolder implements AsyncDisposable {
  readonly path: string;

  constructor() {
    this.path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "lanyard-test-" }));
  }

  /** Writes a file below the folder, making folders on the way; returns its path. */
  async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.path, name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    return path;
  }

  /** A folder below, made now. */
  async folder(name: string): Promise<string> {
    const path = join(this.path, name);
    await Deno.mkdir(path, { recursive: true });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Deterministic bytes that do not repeat (xorshift32). */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** The `ready` line of a program; if it does not come, nothing of the program is left behind. */
async function readyOrGone(program: Program, state: TempFolder): Promise<Line> {
  try {
    return await program.event("ready");
  } catch (error) {
    await program[Symbol.asyncDispose]();
    await state[Symbol.asyncDispose]();
    throw error;
  }
}

/** A started tracker. */
export interface RunningTracker extends AsyncDisposable {
  program: Program;
  /** Where it listens without encryption. */
  port: number;
  /** As `--tracker` takes it, to join without encryption. */
  address: string;
  /** Where it listens with encryption. */
  tlsPort: number;
  /** As `--tracker` takes it, to join with encryption. */
  link: string;
  state: TempFolder;
}

/** The options with which a tracker is joined: in an address there is nothing of encryption. */
export function joining(tracker: string): string[] {
  return ["--tracker", tracker, ...(tracker.startsWith("lanyard:") ? [] : ["--plain"])];
}

/** Starts a tracker on a free port. */
export async function startTracker(
  args: readonly string[] = [],
  options: StartOptions = {},
): Promise<RunningTracker> {
  const state = new TempFolder();
  const program = new Program(
    "tracker",
    [
      "--port",
      "0",
      "--tls-port",
      "0",
      "--http-port",
      "0",
      "--json",
      "--state",
      state.path,
      ...args,
    ],
    options,
  );
  const ready = await readyOrGone(program, state);
  const [port, tlsPort, id] = [Number(ready["port"]), Number(ready["tlsPort"]), ready["id"]];
  return {
    program,
    port,
    address: `127.0.0.1:${port}`,
    tlsPort,
    link: formatJoinLink({ host: "127.0.0.1", port: tlsPort, id: String(id) }),
    state,
    [Symbol.asyncDispose]: async () => {
      await program[Symbol.asyncDispose]();
      await state[Symbol.asyncDispose]();
    },
  };
}

/** A started `peer share`, which has announced everything. */
export interface RunningShare extends AsyncDisposable {
  program: Program;
  ready: Line;
  state: TempFolder;
}

/** Shares paths through a tracker. */
export async function startShare(
  tracker: string,
  paths: readonly string[],
  args: readonly string[] = [],
  options: StartOptions = {},
): Promise<RunningShare> {
  const state = new TempFolder();
  const program = new Program(
    "peer",
    [
      "share",
      ...paths,
      ...joining(tracker),
      "--state",
      state.path,
      "--port",
      "0",
      "--json",
      ...args,
    ],
    options,
  );
  const ready = await readyOrGone(program, state);
  return {
    program,
    ready,
    state,
    [Symbol.asyncDispose]: async () => {
      await program[Symbol.asyncDispose]();
      await state[Symbol.asyncDispose]();
    },
  };
}

/** A peer that runs single commands, sharing one small file of its own. */
export class Visitor implements AsyncDisposable {
  readonly folder = new TempFolder();
  /** The tracker, as `--tracker` takes it. */
  readonly address: string;
  readonly #options: StartOptions;

  constructor(tracker: string, options: StartOptions = {}) {
    this.address = tracker;
    this.#options = options;
  }

  /** The arguments that make a command this visitor's. */
  async args(): Promise<string[]> {
    const own = await this.folder.write("mine/visitor's own file.txt", "mine");
    return [...joining(this.address), "--state", join(this.folder.path, "state"), "--share", own];
  }

  /** Runs a command with `--json`. The arguments come last, so that they may begin with `--`. */
  async run(command: string, ...args: string[]): Promise<Ended> {
    return await runPeer([command, ...await this.args(), "--json", ...args], this.#options);
  }

  /** Starts a command with `--json`. */
  async start(command: string, ...args: string[]): Promise<Program> {
    return new Program("peer", [command, ...await this.args(), "--json", ...args], this.#options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}

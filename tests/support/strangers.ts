import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { LanMachine } from "./lan.ts";
import { type RunningTracker, startTracker, TempFolder } from "./network.ts";
import { commandFor, type Ended, Program, runPeer } from "./program.ts";

/** Starts a tracker on a machine, on the usual ports, where it can be found. */
export function track(
  machine: LanMachine,
  name: string,
  ...args: string[]
): Promise<RunningTracker> {
  const ports = ["--port", "2222", "--tls-port", "2223"];
  const options = { prefix: machine.prefix, discovery: true };
  return startTracker([...ports, "--name", name, ...args], options);
}

/** The id of a tracker. */
export function idOf({ program }: RunningTracker): string {
  return String(program.lines[0]?.["id"]);
}

/** A peer on a machine of its own, which nobody tells where a tracker is. */
export class Stranger implements AsyncDisposable {
  readonly folder = new TempFolder();
  readonly #prefix: readonly string[];

  constructor({ prefix }: Pick<LanMachine, "prefix">) {
    this.#prefix = prefix;
  }

  /** Lists who is online: that finds a tracker, and needs nothing of it but to be there. */
  async run(...args: string[]): Promise<Ended> {
    return await runPeer(["peers", "--share", ...await this.#own(), ...args], this.#options);
  }

  /** The same for programs. */
  async ask(...args: string[]): Promise<Ended> {
    return await this.run("--json", ...args);
  }

  /** Has a doctor look at everything. */
  async examine(json = true): Promise<Ended> {
    const own = ["--share", ...await this.#own(), "-o", this.folder.path];
    return await runPeer(["doctor", ...own, ...(json ? ["--json"] : [])], this.#options);
  }

  /** Lists who is online at a terminal, at which something is typed. */
  async sit(): Promise<Program> {
    const words = [...commandFor("peer"), "peers", "--share", ...await this.#own()];
    const command = words.map((word) => `'${word}'`).join(" ");
    const terminal = ["script", "--quiet", "--return", "--command", command, "/dev/null"];
    return new Program(terminal, [], { ...this.#options, typed: true });
  }

  /** Starts to share a file. */
  async share(...args: string[]): Promise<Program> {
    const more = ["--port", "0", "--json", ...args];
    return new Program("peer", ["share", ...await this.#own(), ...more], this.#options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }

  get #options(): { prefix: readonly string[]; discovery: boolean } {
    return { prefix: this.#prefix, discovery: true };
  }

  /** A file, and where this peer keeps its state. */
  async #own(): Promise<string[]> {
    const file = await this.folder.write("own.txt", "own");
    return [file, "--state", join(this.folder.path, "state")];
  }
}

/** What the one error says that a run with `--json` ended with. */
export function errorOf({ code, lines, stderr }: Ended, status: number, expected: string): string {
  const error = lines.at(-1);
  assertEquals([code, error?.["event"], error?.["code"]], [status, "error", expected], stderr);
  return String(error?.["message"]);
}

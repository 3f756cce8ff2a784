import { join } from "@std/path";
import { warm } from "./memory.ts";
import { type Programs, sourcePrograms } from "./programs.ts";
import { fullSizes, type Sizes } from "./sizes.ts";
import { interleave, type Trial } from "./trial.ts";

/** What a bench is told. */
export interface LabOptions {
  rounds: number;
  sizes: Sizes;
  programs: Programs;
  /** Told what is being done. */
  log(line: string): void;
}

/**
 * Where everything is measured: a temporary folder with a new place for each file that is written.
 * All of it is removed at the very end, because ext4 is slow at making files for minutes after many
 * were removed.
 */
export class Lab implements AsyncDisposable {
  readonly sizes: Sizes;
  readonly programs: Programs;
  readonly rounds: number;
  /** The temporary folder. */
  readonly path: string;
  readonly #log: (line: string) => void;
  #folders = 0;

  constructor(options: Partial<LabOptions> = {}) {
    const { rounds = 1, sizes = fullSizes, programs = sourcePrograms, log = () => {} } = options;
    this.rounds = rounds;
    this.sizes = sizes;
    this.programs = programs;
    this.#log = log;
    this.path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "lanyard-bench-" }));
  }

  /** Says what is being done. */
  log(line: string): void {
    this.#log(line);
  }

  /** A folder that did not exist before. */
  newFolder(name: string): string {
    const path = join(this.path, `${++this.#folders}-${name}`);
    Deno.mkdirSync(path);
    return path;
  }

  /** Makes trials in turn, as often as there are rounds; those that cannot be made are left out. */
  async interleave(what: string, ...trials: (Trial<unknown> | undefined)[]): Promise<void> {
    const possible = trials.filter((trial) => trial !== undefined);
    await interleave(this.rounds, possible, (line) => this.log(`${what}: ${line}`));
  }

  /**
   * Makes a phase start as every other one does: nothing waits to be written to the disk, some
   * files are in the page cache, and memory for `bytes` that will be written is really there.
   */
  async settle(bytes: number, ...cached: string[]): Promise<void> {
    await new Deno.Command("sync").output();
    const chunk = new Uint8Array(2 ** 20);
    for (const path of cached) {
      using file = await Deno.open(path);
      while (await file.read(chunk) !== null) { /* It is in the cache now. */ }
    }
    warm(bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

import { join } from "@std/path";
import { statfsSync } from "node:fs";
import type { Usage } from "./rules.ts";

/** Bytes that are left free on the disk, whoever sends what: this machine has to go on working. */
const leftFree = 1_000_000_000;
/** The same for small disks, such as USB sticks, as a part of their size. */
const leftFreePart = 1 / 20;
/** Milliseconds for which a count of the folder is believed: others may take files out of it. */
const freshFor = 10_000;

/** How full an inbox is: what its folder holds, and what is on its way there. */
export class InboxUsage {
  readonly #root: string;
  readonly #clock: () => number;
  /** Bytes of the files that were let in, by their parts, which are not counted beside them. */
  readonly #expected = new Map<string, number>();
  #counted: { files: number; bytes: number } = { files: 0, bytes: 0 };
  #countedAt = -Infinity;
  /** How often it was counted. */
  #looks = 0;

  /** @param clock milliseconds of any clock that does not jump */
  constructor(root: string, clock: () => number = () => performance.now()) {
    this.#root = root;
    this.#clock = clock;
  }

  /**
   * Looks at the folder, unless that was done just now.
   *
   * @param part that of a file which may be let in: what an earlier run left of it is not counted
   * @throws {Deno.errors} if its folder cannot be read.
   */
  async look(part?: string): Promise<void> {
    const isBegun = part !== undefined && await exists(part);
    if (isBegun || this.#clock() - this.#countedAt > freshFor) {
      this.#counted = await count(this.#root, new Set([...this.#expected.keys(), part ?? ""]));
      this.#countedAt = this.#clock();
      this.#looks++;
    }
  }

  /** How full the inbox is now, with what was let in since the last look. */
  now(): Usage {
    const expected = this.#expected.values().reduce((sum, bytes) => sum + bytes, 0);
    const { files, bytes } = this.#counted;
    return { files, bytes: bytes + expected, room: roomOn(this.#root) - expected };
  }

  /** Lets a file in; what is returned is to be called when it has come, or is given up. */
  expect(bytes: number, part: string): (came: boolean) => void {
    this.#expected.set(part, bytes);
    const looks = this.#looks;
    return (came) => {
      this.#expected.delete(part);
      // Whoever has counted meanwhile may have found it in its place already.
      if (came && looks === this.#looks) {
        this.#counted.files++;
        this.#counted.bytes += bytes;
      } else this.#countedAt = -Infinity; // Some of it may have stayed.
    };
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

/** The bytes that an inbox may use of the file system that a folder is on. */
function roomOn(folder: string): number {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return bavail * bsize - Math.min(leftFree, blocks * bsize * leftFreePart);
}

/** Counts plain files, unfinished ones too, without following links. */
async function count(
  folder: string,
  leftOut: ReadonlySet<string>,
): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 };
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      const inner = await count(path, leftOut);
      sum.files += inner.files;
      sum.bytes += inner.bytes;
    } else if (isFile && !leftOut.has(path)) {
      sum.files++;
      // One that has just got its final name is counted by it.
      sum.bytes += await Deno.lstat(path).then(({ size }) => size, () => 0);
    }
  }
  return sum;
}

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
  /** Bytes still to come of files that were let in. */
  #expected = 0;
  #counted: { files: number; bytes: number } = { files: 0, bytes: 0 };
  #countedAt = -Infinity;

  /** @param clock milliseconds of any clock that does not jump */
  constructor(root: string, clock: () => number = () => performance.now()) {
    this.#root = root;
    this.#clock = clock;
  }

  /** Looks how full the inbox is. @throws {Deno.errors} if its folder cannot be read. */
  async look(): Promise<Usage> {
    if (this.#clock() - this.#countedAt > freshFor) {
      this.#counted = await count(this.#root);
      this.#countedAt = this.#clock();
    }
    const { files, bytes } = this.#counted;
    return { files, bytes: bytes + this.#expected, room: roomOn(this.#root) - this.#expected };
  }

  /** Lets a file in; what is called when it has come, or is given up. */
  expect(bytes: number): (came: boolean) => void {
    this.#expected += bytes;
    return (came) => {
      this.#expected -= bytes;
      if (!came) return;
      this.#counted.files++;
      this.#counted.bytes += bytes;
    };
  }
}

/** The bytes that an inbox may use of the file system that a folder is on. */
function roomOn(folder: string): number {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return bavail * bsize - Math.min(leftFree, blocks * bsize * leftFreePart);
}

/** Counts plain files, unfinished ones too, without following links. */
async function count(folder: string): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 };
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      const inner = await count(path);
      sum.files += inner.files;
      sum.bytes += inner.bytes;
    } else if (isFile) {
      sum.files++;
      // One that has just got its final name is counted by it.
      sum.bytes += await Deno.lstat(path).then(({ size }) => size, () => 0);
    }
  }
  return sum;
}

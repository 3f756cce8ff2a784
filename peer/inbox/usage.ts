import { join } from "@std/path";
import { statfsSync } from "node:fs";
import type { Usage } from "./rules.ts";

/** Bytes that are left free on the disk, whoever sends what: this machine has to go on working. */
const leftFree = 1_000_000_000;
/** The same for small disks, such as USB sticks, as a part of their size. */
const leftFreePart = 1 / 20;
/** Bytes of the blocks in which systems tell what a file takes. */
const blockLength = 512;
/** Milliseconds for which a count of the folder is believed: others may take files out of it. */
const freshFor = 10_000;

interface Expected {
  bytes: number;
  /** How many send the same file to the same place. */
  senders: number;
}

/** How full an inbox is: what its folder holds, and what is on its way there. */
export class InboxUsage {
  readonly #root: string;
  readonly #clock: () => number;
  /** Files that were let in, by their parts, which are not counted beside them. */
  readonly #expected = new Map<string, Expected>();
  #counted: { files: number; bytes: number } = { files: 0, bytes: 0 };
  #countedAt = -Infinity;
  /** How often something may have stayed that is not counted. */
  #changes = 0;
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
   * @throws {Deno.errors} if its folder cannot be read.
   */
  async look(): Promise<void> {
    if (this.#clock() - this.#countedAt <= freshFor) return;
    const changes = this.#changes;
    this.#counted = await count(this.#root, this.#expected);
    this.#countedAt = changes === this.#changes ? this.#clock() : -Infinity;
    this.#looks++;
  }

  /**
   * How full the inbox is now for a file, with what was let in since the last look, and without what
   * has come of the file.
   *
   * @param part where that is
   */
  now(part: string): Usage {
    const expected = this.#expected.entries()
      .reduce((sum, [of, { bytes }]) => of === part ? sum : sum + bytes, 0);
    const { files, bytes } = this.#counted;
    const begun = this.#begun(part);
    return {
      files,
      bytes: bytes + expected - begun.bytes,
      room: roomOn(this.#root) - expected + begun.room,
    };
  }

  /** Counts folders that are about to be made: each of them takes room as well. */
  make(folders: number): void {
    this.#counted.files += folders;
  }

  /** Lets a file in; what is returned is to be called when it has come, or is given up. */
  expect(bytes: number, part: string): (came: boolean) => void {
    this.#counted.bytes -= this.#begun(part).bytes;
    const expected = this.#expected.get(part) ?? { bytes, senders: 0 };
    expected.senders++;
    this.#expected.set(part, expected);
    const looks = this.#looks;
    return (came) => {
      const isOnly = --expected.senders === 0;
      if (isOnly) this.#expected.delete(part);
      // Whoever has counted meanwhile may have found it in its place already.
      if (came && isOnly && looks === this.#looks) {
        this.#counted.files++;
        this.#counted.bytes += bytes;
        return;
      }
      this.#changes++;
      this.#countedAt = -Infinity; // Some of it may have stayed.
    };
  }

  /** The bytes of a part that are counted among the files, and those that it takes of the disk. */
  #begun(part: string): { bytes: number; room: number } {
    try {
      const { isFile, size, blocks } = Deno.lstatSync(part);
      if (!isFile) return { bytes: 0, room: 0 };
      return { bytes: this.#expected.has(part) ? 0 : size, room: (blocks ?? 0) * blockLength };
    } catch {
      return { bytes: 0, room: 0 }; // There is none.
    }
  }
}

/** The bytes that an inbox may use of the file system that a folder is on. */
function roomOn(folder: string): number {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return bavail * bsize - Math.min(leftFree, blocks * bsize * leftFreePart);
}

/** Counts folders and plain files, unfinished ones too, without following links. */
async function count(
  folder: string,
  leftOut: ReadonlyMap<string, unknown>,
): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 };
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      const inner = await count(path, leftOut);
      sum.files += inner.files + 1;
      sum.bytes += inner.bytes;
    } else if (isFile && !leftOut.has(path)) {
      sum.files++;
      // One that has just got its final name is counted by it.
      sum.bytes += await Deno.lstat(path).then(({ size }) => size, () => 0);
    }
  }
  return sum;
}

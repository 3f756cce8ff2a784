import { join } from "@std/path";
import { Child } from "./child.ts";

/** Bytes that the system gives at random at a time. */
const atOnce = 65_536;

/** Makes a file of random bytes in a folder; returns its path. */
export function randomFile(folder: string, name: string, bytes: number): string {
  const path = join(folder, name);
  using file = Deno.openSync(path, { write: true, createNew: true });
  const chunk = new Uint8Array(2 ** 20);
  for (let left = bytes; left > 0; left -= chunk.length) {
    fillRandom(chunk);
    file.writeSync(chunk.subarray(0, Math.min(left, chunk.length)));
  }
  return path;
}

/**
 * Fills a folder with files of random bytes, a hundred in each folder below it.
 *
 * @param bytesOf the length of the file of that number
 */
export function randomTree(folder: string, files: number, bytesOf: (file: number) => number): void {
  const chunk = new Uint8Array(atOnce);
  for (let file = 0; file < files; file++) {
    const below = join(folder, `d${String(Math.floor(file / 100)).padStart(4, "0")}`);
    if (file % 100 === 0) Deno.mkdirSync(below, { recursive: true });
    const content = chunk.subarray(0, bytesOf(file));
    fillRandom(content);
    Deno.writeFileSync(join(below, `f${String(file).padStart(6, "0")}.bin`), content);
  }
}

function fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length; at += atOnce) {
    crypto.getRandomValues(bytes.subarray(at, at + atOnce));
  }
}

/** Fails unless one file is a copy of the other. */
export async function assertSameFile(copy: string, original: string): Promise<void> {
  await using child = new Child(["cmp", copy, original]);
  await child.succeed();
}

/** Fails unless a folder holds a copy of every file below another one, and nothing else. */
export function assertSameTree(copy: string, original: string): void {
  const [there, here] = [filesBelow(copy), filesBelow(original)];
  if (there.length !== here.length) throw new Error(`${there.length} files, not ${here.length}`);
  for (const name of here) {
    const [a, b] = [Deno.readFileSync(join(copy, name)), Deno.readFileSync(join(original, name))];
    if (a.length !== b.length || a.some((byte, at) => byte !== b[at])) {
      throw new Error(`${join(copy, name)} is not what was copied`);
    }
  }
}

function filesBelow(folder: string, under = ""): string[] {
  return Array.from(Deno.readDirSync(join(folder, under))).flatMap(({ name, isDirectory }) => {
    const path = join(under, name);
    return isDirectory ? filesBelow(folder, path) : [path];
  });
}

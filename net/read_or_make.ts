import { join } from "@std/path";
import { LanyardError, reasonOf } from "../shared/mod.ts";

/**
 * Reads a file of a state folder; at the first start both are made, for nobody else to read. The
 * file gets its name when it is whole, and if another program was faster, its file counts.
 *
 * @param make the text of a new file
 * @throws {LanyardError} `io` if the folder cannot be used.
 */
export async function readOrMake(
  folder: string,
  name: string,
  make: () => Promise<string>,
): Promise<string> {
  const file = join(folder, name);
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    return await readIfThere(file) ?? await place(file, await make());
  } catch (error) {
    if (error instanceof LanyardError) throw error;
    throw new LanyardError("io", `Cannot use the state folder ${folder}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function place(file: string, text: string): Promise<string> {
  const draft = `${file}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(draft, text, { createNew: true, mode: 0o600 });
  try {
    await sync(draft);
    await Deno.link(draft, file);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return await Deno.readTextFile(file);
    // A file system without links, such as a USB stick's: two programs hardly start at once there.
    await Deno.copyFile(draft, file);
  } finally {
    await Deno.remove(draft);
  }
  return text;
}

/** A name that leads to an empty file after a power cut would be worse than none. */
async function sync(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.sync();
}

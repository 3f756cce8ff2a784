import { dirname } from "@std/path";
import { LanyardError, reasonOf } from "../shared/mod.ts";

/**
 * Replaces a file of the state folder, which is made if it is missing. It is written beside and
 * moved, so that a crash leaves the old one or the new one; both are their user's alone.
 *
 * @throws {LanyardError} `io` if it cannot be written.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  const beside = `${path}.${crypto.randomUUID()}`;
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(beside, text, { createNew: true, mode: 0o600 });
    await Deno.rename(beside, path);
  } catch (cause) {
    throw new LanyardError("io", `Cannot use the state folder ${folder}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

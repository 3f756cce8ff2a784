import { join } from "@std/path";
import { LanyardError } from "../shared/mod.ts";
import { randomId } from "./options.ts";

/** What a tracker remembers from one run to the next. */
export interface TrackerState {
  /** 64 hex digits by which its peers know it again. */
  id: string;
}

/**
 * Reads the state in `folder`, making both at the first start. Two trackers that start at once
 * agree, because only one of them can create the file.
 *
 * @throws {LanyardError} `io` if the folder cannot be used.
 */
export async function openState(folder: string): Promise<TrackerState> {
  const file = join(folder, "tracker-id");
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const id = randomId();
    try {
      await Deno.writeTextFile(file, `${id}\n`, { createNew: true, mode: 0o600 });
      return { id };
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
    const kept = (await Deno.readTextFile(file)).trim();
    if (!/^[0-9a-f]{64}$/.test(kept)) {
      throw new LanyardError("io", `${file} is damaged; remove it to give this tracker a new id`);
    }
    return { id: kept };
  } catch (error) {
    if (error instanceof LanyardError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new LanyardError("io", `Cannot use the state folder ${folder}: ${reason}`);
  }
}

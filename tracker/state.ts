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
 * agree, and one that dies while starting leaves no half-written id.
 *
 * @throws {LanyardError} `io` if the folder cannot be used.
 */
export async function openState(folder: string): Promise<TrackerState> {
  const file = join(folder, "tracker-id");
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const id = (await readIfThere(file) ?? await makeId(file)).trim();
    if (!/^[0-9a-f]{64}$/.test(id)) {
      throw new LanyardError("io", `${file} is damaged; remove it to give this tracker a new id`);
    }
    return { id };
  } catch (error) {
    if (error instanceof LanyardError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new LanyardError("io", `Cannot use the state folder ${folder}: ${reason}`);
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

/** Puts a new id into place whole; if another tracker was faster, its id counts. */
async function makeId(file: string): Promise<string> {
  const id = randomId();
  const draft = `${file}.${id.slice(0, 16)}`;
  await Deno.writeTextFile(draft, `${id}\n`, { createNew: true, mode: 0o600 });
  try {
    await Deno.link(draft, file);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return await Deno.readTextFile(file);
    // A file system without links, such as a USB stick's: two trackers hardly start at once there.
    await Deno.copyFile(draft, file);
  } finally {
    await Deno.remove(draft);
  }
  return id;
}

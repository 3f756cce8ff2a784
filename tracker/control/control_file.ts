import { join } from "@std/path";
import { removeIfThere } from "../../net/mod.ts";
import { matching, object, type ObjectOf } from "../../shared/fields.ts";
import { LanyardError } from "../../shared/mod.ts";
import { hexId, port } from "../../shared/messages/values.ts";
import { parseStrictJson } from "../../shared/strict_json.ts";

const place = {
  /** On loopback. */
  port,
  /** What lets a program govern this run of the tracker, and no other. */
  token: matching(/^[\w-]{43}$/, "a token"),
  /** The tracker's id: 64 hex digits. */
  id: hexId,
};
const placeField = object(place);
/** How the running tracker is reached by its operator. */
export type ControlPlace = ObjectOf<typeof place>;

const name = "control.json";

/**
 * Says in a state folder how the tracker that runs with it is reached. As long as this is held, no
 * other tracker can say so there. It can be written once, before the permission to write is gone,
 * so what is in it may be about a tracker that has ended; the token of that one is good for nothing.
 */
export class ControlFile implements Disposable {
  readonly #folder: string;
  readonly #lock: Deno.FsFile;
  #closed = false;

  private constructor(folder: string, lock: Deno.FsFile) {
    this.#folder = folder;
    this.#lock = lock;
  }

  /**
   * Claims the folder for this tracker. What an earlier one said there is gone from then on.
   *
   * @throws {LanyardError} `io` if another tracker runs with it.
   */
  static claim(folder: string): ControlFile {
    const file = join(folder, "control.lock");
    // The lock is the system's, and gone with the process: what is left of the file says nothing.
    const lock = Deno.openSync(file, { create: true, write: true, mode: 0o600 });
    if (lock.tryLockSync(true)) {
      removeIfThere(join(folder, name));
      return new ControlFile(folder, lock);
    }
    lock.close();
    throw new LanyardError(
      "io",
      `Another tracker runs with the state in ${folder}; stop that one, ` +
        "or give this one a folder of its own with --state",
    );
  }

  /** Says how this tracker is reached: all at once, for nobody else to read. */
  write(place: ControlPlace): void {
    const draft = join(this.#folder, `${name}.${crypto.randomUUID()}`);
    Deno.writeTextFileSync(draft, `${JSON.stringify(place)}\n`, { createNew: true, mode: 0o600 });
    Deno.renameSync(draft, join(this.#folder, name));
  }

  /** Lets go of the folder; a second time changes nothing. */
  [Symbol.dispose](): void {
    if (!this.#closed) this.#lock.close();
    this.#closed = true;
  }
}

/**
 * How the tracker that runs with a state folder is reached, if it still runs.
 *
 * @throws {LanyardError} `unreachable` if none was started there, `io` if the file cannot be read.
 */
export async function readControlFile(folder: string): Promise<ControlPlace> {
  const file = join(folder, name);
  try {
    return placeField.parse(parseStrictJson(await Deno.readTextFile(file)), name);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) throw notRunning(folder, cause);
    const reason = cause instanceof LanyardError ? "it is damaged" : String(cause);
    throw new LanyardError("io", `Cannot read ${file}: ${reason}; start the tracker anew`, {
      cause,
    });
  }
}

/** The error that says that nothing answers. */
export function notRunning(folder: string, cause?: unknown): LanyardError {
  return new LanyardError(
    "unreachable",
    `No tracker with its state in ${folder} is running; start it with: tracker; ` +
      "or say where its state is with --state",
    { cause },
  );
}

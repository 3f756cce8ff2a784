import { LanyardError, limits } from "../shared/mod.ts";
import { type FileIndex, SqliteIndex } from "./index/mod.ts";
import { randomId } from "./options.ts";

/** Where an index is. */
export type IndexPlace = { kind: "memory" } | { kind: "sqlite"; file: string };

/**
 * Reads where an index is to be: `memory`, or `sqlite:` and a file.
 *
 * @throws {RangeError} that says what to give instead.
 */
export function parseIndexPlace(text: string): IndexPlace {
  if (text === "memory") return { kind: "memory" };
  const [, file] = /^sqlite:(.+)$/s.exec(text) ?? [];
  if (file === undefined) throw new RangeError("Give memory, or sqlite: and the name of a file.");
  return { kind: "sqlite", file };
}

/**
 * Opens an index in a thread of its own, which needs no permission any more when it is there.
 *
 * @param fresh whether what it holds from earlier is forgotten
 * @throws {LanyardError} `io` if its file cannot be used, `usage` if there is nothing to forget.
 */
export async function openIndex(
  place: IndexPlace = { kind: "memory" },
  fresh = false,
): Promise<FileIndex & AsyncDisposable> {
  if (fresh && place.kind === "memory") {
    throw new LanyardError("usage", "An index in memory is always fresh; leave out --fresh-index");
  }
  return await SqliteIndex.open({
    instance: randomId(),
    mostFiles: limits.filesInTotal,
    ...(place.kind === "sqlite" ? { file: place.file, fresh } : {}),
  });
}

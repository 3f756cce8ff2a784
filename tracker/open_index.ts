import { LanyardError, limits } from "../shared/mod.ts";
import { type FileIndex, SqliteIndex } from "./index/mod.ts";
import { randomId } from "./options.ts";

/** Where an index is. */
export type IndexPlace =
  | { kind: "memory" }
  | { kind: "sqlite"; file: string }
  /** What has the form of an address; it may hold a password, so nobody repeats it. */
  | { kind: "database"; url: string };

/**
 * Reads where an index is to be: `memory`, `sqlite:` and a file, or the address of a database, which
 * is read when it is opened.
 *
 * @throws {RangeError} that says what to give instead.
 */
export function parseIndexPlace(text: string): IndexPlace {
  // An empty value, such as that of a variable set to nothing, says nothing.
  if (text === "memory" || text === "") return { kind: "memory" };
  if (text.includes("://") || text.startsWith("postgres")) return { kind: "database", url: text };
  const [, file] = /^sqlite:(.+)$/s.exec(text) ?? [];
  if (file !== undefined) return { kind: "sqlite", file };
  throw new RangeError("Give memory, sqlite: and the name of a file, or postgres:// and so on.");
}

/** How an index is opened. */
export interface OpenIndexOptions {
  /** Whether what it holds from earlier is forgotten. */
  fresh?: boolean;
  /** The password of a database, unless its address has one. */
  password?: string | undefined;
  /** Told of what goes wrong while nobody is asking; it is told once until all is well again. */
  onError?: (error: unknown) => void;
}

/**
 * Opens an index, which needs no permission any more when it is there but that for the network, if
 * it is in a database.
 *
 * @throws {LanyardError} `io` if its file or database cannot be used; `usage` if the address is none,
 * or there is nothing to forget.
 */
export async function openIndex(
  place: IndexPlace = { kind: "memory" },
  { fresh = false, password, onError = () => {} }: OpenIndexOptions = {},
): Promise<FileIndex & AsyncDisposable> {
  if (fresh && place.kind !== "sqlite") {
    throw new LanyardError("usage", nothingToForget[place.kind]);
  }
  const instance = randomId();
  const { filesInTotal: mostFiles } = limits;
  if (place.kind === "database") {
    // Only who needs it waits for it to be loaded.
    const { openPostgres } = await import("./index/postgres/mod.ts");
    return await openPostgres(place.url, password, { instance, mostFiles, onError });
  }
  return await SqliteIndex.open({
    instance,
    mostFiles,
    ...(place.kind === "sqlite" ? { file: place.file, fresh } : {}),
  });
}

const nothingToForget = {
  memory: "An index in memory is always fresh; leave out --fresh-index",
  database:
    "Other trackers may use this index, too; to forget it, run: DROP SCHEMA lanyard CASCADE",
};

/** Whether a place has a password in it, which others of this machine see on a command line. */
export function hasPassword(place: IndexPlace): boolean {
  return place.kind === "database" && Boolean(URL.parse(place.url)?.password);
}

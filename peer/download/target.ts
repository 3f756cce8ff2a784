import {
  type ContentId,
  LanyardError,
  nameOf,
  parseSharePath,
  type SharePath,
  sharePathFault,
} from "../../shared/mod.ts";

/** What a user can ask to download. */
export type Target =
  | { kind: "name"; name: string }
  | { kind: "id"; id: ContentId; size?: number; name?: SharePath }
  | { kind: "path"; path: SharePath; folder: boolean };

/**
 * Reads what the user typed: 64 hex digits are an id, a `/` makes a path (one at the end a folder),
 * `lanyard:ID?size=…&name=…` is a link to one file, and everything else is a name.
 *
 * @throws {LanyardError} `usage` if it is none of these.
 */
export function parseTarget(text: string): Target {
  if (text === "") throw new LanyardError("usage", "Name what to copy: peer get NAME");
  if (/^[0-9a-f]{64}$/i.test(text)) return { kind: "id", id: text.toLowerCase() };
  if (text.startsWith("lanyard:")) return parseLink(text);
  if (!text.includes("/")) return { kind: "name", name: text };
  try {
    const path = parseSharePath(text.replace(/\/+$/, "").normalize("NFC"));
    return { kind: "path", path, folder: text.endsWith("/") };
  } catch (error) {
    throw new LanyardError("usage", `"${text}" is not a path of a shared file`, { cause: error });
  }
}

function parseLink(text: string): Target {
  const [, id, query] = /^lanyard:([0-9a-f]{64})(?:\?(.*))?$/.exec(text) ?? [];
  if (id === undefined) throw new LanyardError("usage", "The link is damaged: it has no id");
  const parameters = new URLSearchParams(query ?? "");
  const size = parameters.get("size");
  if (size !== null && !(/^\d{1,16}$/.test(size) && Number.isSafeInteger(Number(size)))) {
    throw new LanyardError("usage", "The link is damaged: its size is not a number");
  }
  const name = parameters.get("name") ?? "";
  if (name !== "" && (sharePathFault(name) !== undefined || nameOf(name) !== name)) {
    throw new LanyardError("usage", "The link is damaged: its name is not that of a file");
  }
  return {
    kind: "id",
    id,
    ...(size === null ? {} : { size: Number(size) }),
    ...(name === "" ? {} : { name: parseSharePath(name) }),
  };
}

import { LanyardError } from "./errors.ts";
import { type Field, field, utf8Length } from "./fields.ts";
import { limits } from "./limits.ts";

declare const checked: unique symbol;

/**
 * The name of a shared file on the wire: relative, separated by `/`, NFC, no `.` or `..`, no
 * control characters, no backslash, no drive letter. Only {@linkcode parseSharePath} makes one.
 */
export type SharePath = string & { readonly [checked]: true };

/** C0, DEL and C1: they move cursors, end lines and forge log entries. */
// deno-lint-ignore no-control-regex
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/** Tells whether `text` has a C0 or C1 control character. */
export function hasControlCharacter(text: string): boolean {
  return controlCharacter.test(text);
}

/** Says what keeps `text` from being a share path, or nothing if it is one. */
export function sharePathFault(text: string): string | undefined {
  if (text === "") return "it is empty";
  if (!text.isWellFormed()) return "it is not valid Unicode";
  if (hasControlCharacter(text)) return "it has a control character";
  if (text.includes("\\")) return "it has a backslash";
  if (text.startsWith("/")) return "it is absolute";
  if (/^[A-Za-z]:/.test(text)) return "it starts with a drive letter";
  if (text.normalize("NFC") !== text) return "it is not in Unicode form NFC";
  if (utf8Length(text) > limits.pathBytes) return `it is longer than ${limits.pathBytes} bytes`;
  for (const component of text.split("/")) {
    if (component === "") return "it has an empty component";
    if (component === "." || component === "..") return `it has the component "${component}"`;
    if (utf8Length(component) > limits.nameBytes) {
      return `a component is longer than ${limits.nameBytes} bytes`;
    }
  }
  return undefined;
}

/**
 * Checks a path that came from outside. It is never repaired: a path that is not canonical is a
 * fault of whoever sent it.
 *
 * @throws {LanyardError} `syntax`, fatal, saying what is wrong.
 */
export function parseSharePath(text: string): SharePath {
  const fault = sharePathFault(text);
  if (fault !== undefined) {
    throw new LanyardError("syntax", `Path is not acceptable: ${fault}`, { fatal: true });
  }
  return text as SharePath;
}

/** A share path in a message. */
export const sharePath: Field<SharePath> = field((value, at) => {
  if (typeof value !== "string") {
    throw new LanyardError("syntax", `"${at}" is not a string`, { fatal: true });
  }
  return parseSharePath(value);
});

/** The last component of a share path: the file's name. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * The folders that a share path lies in, the innermost first; no more of them than are found by
 * their names. What ends with a slash is the innermost one itself.
 */
export function foldersOf(path: string): SharePath[] {
  const folders: SharePath[] = [];
  for (
    let end = path.lastIndexOf("/");
    end > 0 && folders.length < limits.foundFolders;
    end = path.lastIndexOf("/", end - 1)
  ) folders.push(path.slice(0, end) as SharePath);
  return folders;
}

/** The innermost folder that a share path lies in, with the slash behind it; empty without one. */
export function innermostFolder(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** A name's extension in lower case without the dot; empty where there is none (`.profile`). */
export function typeOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
}

import { join } from "@std/path";
import { parseSharePath, type SharePath, sharePathFault } from "../../shared/mod.ts";
import {
  type Exclusion,
  ignoreFileName,
  isExcluded,
  isOfSystem,
  leftOutByName,
  type LeftOutReason,
  readExclusions,
} from "./left_out.ts";
import type { OnDisk } from "./open_shared.ts";
import { PlainFile } from "./plain_file.ts";
import type { Root } from "./roots.ts";
import { stampOf } from "./stamp.ts";

/** A file as a scan sees it. */
export interface FoundOnDisk extends OnDisk {
  path: SharePath;
  executable: boolean;
}

/** One thing a scan came across. */
export type Scanned =
  | { found: FoundOnDisk }
  | { leftOut: LeftOutReason };

/**
 * Walks what a root shares, or the part of it under a share path. Synchronous, because that is
 * five times faster than awaiting each entry; big scans run in a worker.
 *
 * @param under a share path at or below the root's label
 */
export function* scan(
  root: Root,
  exclusions: readonly Exclusion[],
  under: string = root.label,
): Generator<Scanned> {
  if (!isWhereItWas(root)) {
    yield { leftOut: "special" };
    return;
  }
  if (!root.isFolder) {
    yield scanFile(root, root.real, root.label);
    return;
  }
  const below = under === root.label ? [] : under.slice(root.label.length + 1).split("/");
  const found = descend(root, exclusions, below);
  if (found !== undefined) yield* scanFolder(root, found.folder, found.path, found.exclusions);
}

/** Whether a root is still reached without a link; one that is gone counts, too. */
function isWhereItWas({ real }: Root): boolean {
  try {
    return Deno.realPathSync(real) === real;
  } catch {
    return true;
  }
}

/** A path below a root on disk: names there may be in another Unicode form than on the wire. */
function descend(
  root: Root,
  given: readonly Exclusion[],
  components: readonly string[],
): { folder: string; path: string; exclusions: readonly Exclusion[] } | undefined {
  let folder = root.real;
  let path = root.label;
  let exclusions = given;
  for (const component of components) {
    const own = exclusionsIn(folder, root, path);
    if (own === undefined) return undefined;
    exclusions = [...exclusions, ...own];
    const entry = readFolderIfThere(folder)
      ?.find(({ name }) => name.normalize("NFC") === component);
    const inner = relativeTo(root, `${path}/${component}`);
    if (
      entry?.isDirectory !== true || leftOutByName(entry.name) !== undefined ||
      isExcluded(inner, component, exclusions)
    ) return undefined;
    folder = join(folder, entry.name);
    path = `${path}/${component}`;
  }
  return { folder, path, exclusions };
}

function* scanFolder(
  root: Root,
  folder: string,
  path: string,
  given: readonly Exclusion[],
): Generator<Scanned> {
  if (isOfSystem(folder)) {
    yield { leftOut: "special" };
    return;
  }
  const own = exclusionsIn(folder, root, path);
  const entries = readFolderIfThere(folder);
  if (own === undefined || entries === undefined) {
    yield { leftOut: "unreadable" };
    return;
  }
  const exclusions = [...given, ...own];
  const seen = new Set<string>();
  for (const entry of entries) {
    const name = entry.name.normalize("NFC");
    const inner = `${path}/${name}`;
    const reason = leftOutByName(name) ??
      (isExcluded(relativeTo(root, inner), name, exclusions) ? "excluded" : undefined) ??
      (name.includes("\ufffd") || sharePathFault(inner) !== undefined ? "name" : undefined) ??
      (seen.has(name) ? "collision" : undefined);
    if (reason !== undefined) {
      yield { leftOut: reason };
      continue;
    }
    seen.add(name);
    const disk = join(folder, entry.name);
    if (entry.isDirectory) yield* scanFolder(root, disk, inner, exclusions);
    else yield scanFile(root, disk, inner);
  }
}

function scanFile(root: Root, disk: string, path: string): Scanned {
  try {
    const info = Deno.lstatSync(disk);
    if (!info.isFile) return { leftOut: "special" };
    return {
      found: {
        root: root.real,
        disk,
        path: parseSharePath(path),
        stamp: stampOf(info),
        executable: Deno.build.os !== "windows" && ((info.mode ?? 0) & 0o100) !== 0,
      },
    };
  } catch {
    return { leftOut: "unreadable" };
  }
}

/** Bytes of the longest list of exclusions that is read. */
const longestList = 1024 * 1024;

/** The exclusions that a folder lists; nothing if it has a list that cannot be read. */
function exclusionsIn(folder: string, root: Root, path: string): Exclusion[] | undefined {
  const name = join(folder, ignoreFileName);
  try {
    const { isFile, size } = Deno.lstatSync(name);
    if (!isFile) return [];
    if (size > longestList) return undefined;
  } catch {
    return []; // Most folders have none.
  }
  const inner = relativeTo(root, path);
  const list = readList(name);
  return list === undefined ? undefined : readExclusions(list, inner === "" ? "" : `${inner}/`);
}

function readList(name: string): string | undefined {
  let file: PlainFile | undefined;
  try {
    file = PlainFile.open(name);
    if (file === undefined) return undefined;
    const bytes = new Uint8Array(Math.min(file.stat().size, longestList));
    return file.fillSync(0, bytes) ? new TextDecoder().decode(bytes) : undefined;
  } catch {
    return undefined; // What it would leave out must not be shared by accident.
  } finally {
    file?.close();
  }
}

/** In a fixed order, so that of two names that collide it is always the same that counts. */
function readFolderIfThere(folder: string): Deno.DirEntry[] | undefined {
  try {
    return Array.from(Deno.readDirSync(folder)).sort((a, b) => a.name < b.name ? -1 : 1);
  } catch {
    return undefined; // Gone since somebody saw a change in it, or not to be read.
  }
}

function relativeTo(root: Root, path: string): string {
  return path.slice(root.label.length + 1);
}

import { globToRegExp } from "@std/path";

/** Why something below a shared folder is not shared. */
export type LeftOutReason =
  | "hidden"
  | "excluded"
  | "junk"
  | "name"
  | "collision"
  | "special"
  | "unreadable";

/** What each reason means, for people. */
export const leftOutText: Record<LeftOutReason, string> = {
  hidden: "hidden",
  excluded: "excluded",
  junk: "system files, unfinished downloads and version control",
  name: "names that other systems cannot hold",
  collision: "names that differ only in Unicode form",
  special: "links, pipes and devices",
  unreadable: "unreadable",
};

/** The name of the files that list what is not shared, one glob a line. */
export const ignoreFileName = ".lanyardignore";

const junk = /^(?:thumbs\.db|desktop\.ini|\.ds_store|\.git|\.hg|\.svn|\.bzr|_darcs|cvs)$/i;
/** What `download/placing.ts` calls an unfinished download and its record. */
const unfinished = /^\.lanyard-[0-9a-f]{16}\.(?:part|have)/i;

/** Tells whether a name is that of an unfinished download or its record. */
export function isUnfinished(name: string): boolean {
  return unfinished.test(name);
}

/** Judges a name alone; a hidden name is shared only where it was named itself. */
export function leftOutByName(name: string): LeftOutReason | undefined {
  if (junk.test(name) || isUnfinished(name)) return "junk";
  return name.startsWith(".") ? "hidden" : undefined;
}

/**
 * Whether a path on disk is where Linux shows itself as files: what is there has no size, no end, or
 * a will of its own.
 */
export function isOfSystem(path: string): boolean {
  return Deno.build.os === "linux" && /^\/(?:proc|sys|dev)(?:\/|$)/.test(path);
}

/** Globs that leave files out: below one folder, by name or by path. */
export interface Exclusion {
  /** Path of the folder it is about, relative to the root, with a trailing `/`; empty for the root. */
  base: string;
  pattern: RegExp;
  /** Whether the pattern is about the path below `base` rather than about the name alone. */
  byPath: boolean;
}

/** Makes an exclusion of a glob: one with a `/` inside is about the path, others about any name. */
export function exclusion(glob: string, base = ""): Exclusion {
  const trimmed = glob.replace(/^\//, "").replace(/\/$/, "");
  return {
    base,
    pattern: globToRegExp(trimmed, { extended: true, globstar: true }),
    byPath: glob.replace(/\/$/, "").includes("/"),
  };
}

/** The exclusions in a `.lanyardignore`: one glob a line, `#` starts a comment. */
export function readExclusions(text: string, base: string): Exclusion[] {
  return text.split(/\r?\n/).map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((glob) => exclusion(glob, base));
}

/** Tells whether an entry is excluded; `path` is relative to the root. */
export function isExcluded(path: string, name: string, exclusions: readonly Exclusion[]): boolean {
  return exclusions.some(({ base, pattern, byPath }) =>
    path.startsWith(base) && pattern.test(byPath ? path.slice(base.length) : name)
  );
}

import { join } from "@std/path";
import { printable } from "../../shared/mod.ts";
import { homeFolder } from "../setting_kinds.ts";
import { quoteWord, readWords, type Word } from "./line.ts";
import { findVerb, menu, type VerbName, verbs } from "./verbs.ts";

/** What can be named in the shell now. */
export interface Known {
  /** Names of the files that were listed last. */
  files(): readonly string[];
  /** Names of those who are here. */
  peers(): Promise<readonly string[]>;
  /** Paths that are shared. */
  shared(): readonly string[];
}

/** Something that may be typed, and whether something follows it in the same word. */
interface Candidate {
  text: string;
  isOpen?: boolean;
}

/** Entries of a folder that are looked at: a key that is pressed must not take long. */
const mostEntries = 10_000;

/** Completes what is being typed: commands, names of files and peers, paths on this disk. */
export class Completer {
  readonly #known: Known;

  constructor(known: Known) {
    this.#known = known;
  }

  /** What the last word of a line may become, as it is typed, and that word as it is now. */
  async complete(line: string): Promise<[string[], string]> {
    const words = readWords(line);
    const isNew = words.length === 0 || (words.at(-1)?.closed === true && /\s$/.test(line));
    const word = isNew ? undefined : words.at(-1);
    const typed = word === undefined ? "" : line.slice(word.start);
    const before = isNew ? words : words.slice(0, -1);
    const candidates = await this.#candidates(before, word?.text ?? "");
    return [asTyped(fitting(candidates, word?.text ?? ""), word?.mark), typed];
  }

  async #candidates(before: readonly Word[], text: string): Promise<Candidate[]> {
    const [first, ...others] = before;
    if (first === undefined) return verbCandidates();
    const verb = findVerb(first.text);
    if (verb === "upload" && others.length > 0) return plain(await this.#known.peers());
    if (verb === undefined || others.length > 0) return [];
    return await this.#forVerb(verb, text);
  }

  async #forVerb(verb: VerbName, text: string): Promise<Candidate[]> {
    switch (verb) {
      case "download":
        return plain(this.#known.files());
      case "list":
        return plain(await this.#known.peers());
      case "upload":
      case "share":
        return await paths(text, verb === "share");
      case "unshare":
        return plain(this.#known.shared());
      case "help":
        return plain(menu);
      default:
        return [];
    }
  }
}

function verbCandidates(): Candidate[] {
  return menu.map((name) => ({ text: verbs[name].takes === "" ? name : `${name} `, isOpen: true }));
}

function plain(texts: readonly string[]): Candidate[] {
  return [...new Set(texts)].map((text) => ({ text }));
}

/** Those that begin like that, without any in which something cannot be seen. */
function fitting(candidates: readonly Candidate[], beginning: string): Candidate[] {
  const begins = beginning.toLowerCase();
  return candidates.filter(({ text }) =>
    text.toLowerCase().startsWith(begins) && printable(text) === text
  );
}

/** As they have to be typed: if one needs marks, all get them, so that they begin alike. */
function asTyped(candidates: readonly Candidate[], mark = ""): string[] {
  const isQuoted = mark !== "" ||
    candidates.some(({ text }) => quoteWord(text.trimEnd()) !== text.trimEnd());
  if (!isQuoted) return candidates.map(({ text }) => text);
  const used = mark === "" ? '"' : mark;
  return candidates.map(({ text, isOpen = false }) =>
    `${used}${text.replaceAll(used, used + used)}${isOpen ? "" : used}`
  );
}

/** The paths on this disk that begin like that. */
async function paths(text: string, foldersOnly: boolean): Promise<Candidate[]> {
  const folder = text.slice(0, text.lastIndexOf("/") + 1);
  const name = text.slice(folder.length);
  const candidates: Candidate[] = [];
  let seen = 0;
  try {
    for await (const entry of Deno.readDir(onDisk(folder))) {
      if (++seen > mostEntries) break;
      if (entry.name.startsWith(".") && !name.startsWith(".")) continue;
      const isFolder = entry.isDirectory;
      if (foldersOnly && !isFolder) continue;
      candidates.push({ text: `${folder}${entry.name}${isFolder ? "/" : ""}`, isOpen: isFolder });
    }
  } catch {
    return []; // Where nothing can be seen there is nothing to complete.
  }
  return candidates.sort((a, b) => a.text.localeCompare(b.text));
}

function onDisk(folder: string): string {
  if (folder === "") return ".";
  const home = homeFolder();
  return folder.startsWith("~/") && home !== undefined ? join(home, folder.slice(2)) : folder;
}

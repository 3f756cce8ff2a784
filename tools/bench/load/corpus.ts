import { request } from "./requests.ts";

/** A file as it is announced. */
export interface AnnouncedFile {
  path: string;
  size: number;
  modified: number;
  id: string;
}

/** Words of which names are made. Every search below is about them. */
const words = [
  ["lecture", "holiday", "invoice", "report", "concert", "recipe", "drawing", "episode"],
  ["autumn", "harbour", "garden", "mountain", "kitchen", "workshop", "library", "station"],
  ["draft", "final", "copy", "scan", "backup", "notes", "photo", "video"],
] as const;
const types = ["pdf", "mp4", "jpg", "txt", "flac"] as const;

/** Files in one SHARE: they fit on a line. */
const filesInLine = 250;

/** The file of that number: names are alike as in a real share, and each has a word of its own. */
export function corpusFile(number: number): AnnouncedFile {
  const [subject, place, state] = words.map((list, at) => list[Math.floor(number / 8 ** at) % 8]);
  const type = types[number % types.length];
  return {
    path: `${subject}s/${place} ${number % 97}/${subject} ${state} ${rareWord(number)}.${type}`,
    size: 1000 + number,
    modified: 1_700_000_000_000 + number,
    id: digest(number),
  };
}

/** A word that only the file of that number has. */
export function rareWord(number: number): string {
  return `k${(number * 2_654_435_761 % 2 ** 32).toString(36)}z`;
}

/** The lines that announce files of the corpus. */
export function shareLines(first: number, count: number): Uint8Array<ArrayBuffer>[] {
  const lines: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < count; at += filesInLine) {
    const length = Math.min(filesInLine, count - at);
    const files = Array.from({ length }, (_, file) => corpusFile(first + at + file));
    lines.push(request("SHARE", { files }));
  }
  return lines;
}

/** Kinds of searches that people make; each takes the index another way. */
export const searchKinds = {
  rare: (number: number, files: number) => rareWord(number * 7919 % files),
  common: (number: number) => pick(words[0], number),
  "two letters": (number: number) => pick(words[1], number).slice(0, 2),
  "two words": (number: number) => `${pick(words[2], number)} ${pick(words[1], number)}`,
  missing: (number: number) => `${pick(words[0], number)}xqj`,
} satisfies Record<string, (number: number, files: number) => string>;

/** A kind of search. */
export type SearchKind = keyof typeof searchKinds;

/** The search of that number: the kinds take turns. */
export function search(
  number: number,
  files: number,
): { kind: SearchKind; bytes: Uint8Array<ArrayBuffer> } {
  const kinds = Object.keys(searchKinds) as SearchKind[];
  const kind = pick(kinds, number);
  const text = searchKinds[kind](Math.floor(number / kinds.length), files);
  return { kind, bytes: request("SEARCH", { text, limit: 50 }) };
}

function pick<T>(list: readonly T[], number: number): T {
  const value = list[number % list.length];
  if (value === undefined) throw new RangeError("The list is empty");
  return value;
}

/** 64 hex digits that no other number has. */
function digest(number: number): string {
  return number.toString(16).padStart(64, "0");
}

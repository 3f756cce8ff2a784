import { LanyardError } from "../../shared/mod.ts";
import { splitLine } from "./line.ts";
import { findVerb, type VerbName, verbs } from "./verbs.ts";

/** What somebody wants: a command, and what follows it. */
export interface Order {
  verb: VerbName;
  words: string[];
}

/**
 * Reads a line; an empty one is no order.
 *
 * @throws {LanyardError} `usage`, with what to type instead.
 */
export function readOrder(line: string): Order | undefined {
  const [first, ...words] = splitLine(line);
  if (first === undefined) return undefined;
  const verb = findVerb(first);
  if (verb === undefined) throw new LanyardError("usage", whatInstead(first, line.trim()));
  return { verb, words };
}

function whatInstead(typed: string, line: string): string {
  if (/^\d+$/.test(typed)) return `The menu has no number ${typed}; type help to see it`;
  const alike = (Object.keys(verbs) as VerbName[]).find((name) => isAlike(typed, name));
  if (alike !== undefined) return `There is no command "${typed}"; did you mean ${alike}?`;
  return `There is no command "${typed}"; to find files of that name, type: search ${line}`;
}

/** Whether two words differ by one letter: another one, one more, one less, or two exchanged. */
export function isAlike(typed: string, word: string): boolean {
  const [a, b] = [typed.toLowerCase(), word];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return restA.slice(1) === restB || restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA.slice(2) === restB.slice(2) && restA[0] === restB[1] && restA[1] === restB[0]);
}

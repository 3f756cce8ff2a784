/** What can be typed, in the order of the menu. */

/** One command of the shell. */
export interface Verb {
  /** Its other names. */
  aliases: readonly string[];
  /** What follows it, for people. */
  takes: string;
  /** What it does, in a line. */
  help: string;
  /** Asked for if it is chosen from the menu, or typed alone, and needs something. */
  question?: string;
  /** An example of what to type. */
  example: string;
}

const table = {
  search: {
    aliases: ["find"],
    takes: "TEXT",
    help: "find files by a part of their names",
    question: "Part of the name?",
    example: "search week 3",
  },
  download: {
    aliases: ["get"],
    takes: "NUMBER or NAME",
    help: "copy a file that was found, or a folder",
    question: "Which file? (its number, or its name)",
    example: "download 2",
  },
  list: {
    aliases: ["ls"],
    takes: "[PEER]",
    help: "show all files, or those of one peer",
    example: "list ana",
  },
  peers: { aliases: ["who"], takes: "", help: "show who is here", example: "peers" },
  upload: {
    aliases: ["send"],
    takes: "FILE PEER",
    help: "send a file or folder to somebody",
    question: "Which file, and to whom?",
    example: "upload notes.pdf ana",
  },
  share: {
    aliases: ["register"],
    takes: "[FOLDER]",
    help: "let others copy a folder; alone, show what is shared",
    example: "share Music",
  },
  unshare: {
    aliases: [],
    takes: "FOLDER",
    help: "stop sharing it",
    question: "Which folder? (its number, or its path)",
    example: "unshare Music",
  },
  offers: {
    aliases: [],
    takes: "",
    help: "show what others offer to everybody",
    example: "offers",
  },
  transfers: {
    aliases: ["status"],
    takes: "",
    help: "show how far the copies are",
    example: "transfers",
  },
  help: { aliases: ["?", "menu"], takes: "[COMMAND]", help: "show this", example: "help search" },
  exit: { aliases: ["quit", "bye", "q"], takes: "", help: "leave", example: "exit" },
} as const satisfies Record<string, Verb>;

/** Typed when there is an offer, and not in the menu. */
const answers = {
  accept: { aliases: [], takes: "NUMBER", help: "take what is offered", example: "accept 1" },
  decline: {
    aliases: [],
    takes: "NUMBER",
    help: "do not take what is offered",
    example: "decline 1",
  },
} as const satisfies Record<string, Verb>;

/** The name of a command. */
export type VerbName = keyof typeof table | keyof typeof answers;

/** All commands, by name. */
export const verbs: Readonly<Record<VerbName, Verb>> = { ...table, ...answers };

/** Those of the menu. The last one has the number 0 there, the others theirs from 1 on. */
export const menu = Object.keys(table) as (keyof typeof table)[];

/** The number that stands for a command in the menu. */
export function menuNumber(name: keyof typeof table): number {
  return name === "exit" ? 0 : menu.indexOf(name) + 1;
}

/**
 * The command that somebody means: its number in the menu, its name, another name of it, or as much
 * of its beginning as no other one has.
 */
export function findVerb(typed: string): VerbName | undefined {
  const names = Object.keys(verbs) as VerbName[];
  if (/^\d{1,3}$/.test(typed)) return menu.find((name) => menuNumber(name) === Number(typed));
  const word = typed.toLowerCase();
  const exact = names.find((name) => name === word || verbs[name].aliases.includes(word));
  if (exact !== undefined || word === "") return exact;
  const [beginning, ...others] = names.filter((name) => name.startsWith(word));
  return others.length === 0 ? beginning : undefined;
}

/** The menu, as it is shown at the start. */
export function menuText(): string {
  const rows = menu.map((name) => {
    const what = `${name} ${verbs[name].takes}`.trim();
    return { number: menuNumber(name), what, help: verbs[name].help };
  });
  const width = Math.max(...rows.map(({ what }) => what.length));
  return rows.map(({ number, what, help }) =>
    `${String(number).padStart(3)}  ${what.padEnd(width)}  ${help}`
  ).join("\n");
}

/** How one command is used. */
export function helpText(name: VerbName): string {
  const { takes, aliases, help, example } = verbs[name];
  const also = aliases.length === 0 ? "" : ` (also: ${aliases.join(", ")})`;
  return `${`${name} ${takes}`.trim()}${also}: ${help}. For example: ${example}`;
}

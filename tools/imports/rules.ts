import { type Token, tokens } from "./tokens.ts";

/** Something a file must not import or use. */
export interface Finding {
  /** From the top of the repository, with `/`. */
  path: string;
  line: number;
  message: string;
}

/** The files that may know `commander`, so that it can be exchanged in a day. */
const commandLines = /^(?:tracker\/(?:cli|main)|peer\/(?:cli|options|main|commands\/[^/]+))\.ts$/;

/** Code that exists for tests, beside the sources or apart from them. */
function isTestCode(path: string): boolean {
  return /^tests\/|(?:^|\/)testing\/|_test\.ts$/.test(path);
}

/**
 * What is wrong with the imports of one file, and in `shared/` also with its use of the world
 * outside. Tests and tools may import anything.
 *
 * @param path from the top of the repository, with `/`
 */
export function check(path: string, source: string): Finding[] {
  const [area] = path.split("/");
  if (isTestCode(path) || area === undefined || !Object.hasOwn(allowed, area)) return [];
  const all = tokens(source);
  const findings = imports(all).flatMap(({ value, line }) => {
    const message = importFault(path, area, value);
    return message === undefined ? [] : [{ path, line, message }];
  });
  if (area === "shared") findings.push(...impurities(all).map((fault) => ({ path, ...fault })));
  return findings;
}

/** The specifiers of all imports, exports, dynamic imports and workers. */
function imports(all: readonly Token[]): Token[] {
  return all.filter((token, at) => {
    if (token.kind !== "text") return false;
    const [before, twoBefore, threeBefore] = [all[at - 1], all[at - 2], all[at - 3]];
    if (before?.kind === "word") return before.value === "from" || before.value === "import";
    return before?.value === "(" && twoBefore?.kind === "word" &&
      (twoBefore.value === "import" || (twoBefore.value === "URL" && threeBefore?.value === "new"));
  });
}

function importFault(path: string, area: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return packageFault(path, area, specifier);
  const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
  const [targetArea = ""] = target.split("/");
  if (isTestCode(target)) return `"${target}" is there for tests only`;
  if (targetArea === area) return undefined;
  if (area !== "shared" && targetArea === "shared") return undefined;
  if (area !== "shared" && targetArea === "net") return undefined;
  if (area === "peer" && target === "tracker/mod.ts") return undefined;
  return `${allowed[area]}, not "${target}"`;
}

const allowed: Record<string, string> = {
  shared: "shared/ may import nothing from outside shared/",
  net: "net/ may import from net/ and shared/",
  tracker: "tracker/ may import from tracker/, net/ and shared/",
  peer: "peer/ may import from peer/, net/, shared/ and tracker/mod.ts",
};

function packageFault(path: string, area: string, specifier: string): string | undefined {
  if (area === "shared" && specifier !== "node:crypto" && !specifier.startsWith("@std/")) {
    return `shared/ may use node:crypto and @std/*, not "${specifier}"`;
  }
  if (specifier === "commander" && !commandLines.test(path)) {
    return "commander belongs to the files of the command line";
  }
  return undefined;
}

/** Uses of the system, the console and the clock. */
function impurities(all: readonly Token[]): Omit<Finding, "path">[] {
  return all.flatMap(({ kind, value, line }, at) => {
    const used = kind === "word" ? impurity(value, all.slice(at + 1, at + 4)) : undefined;
    return used === undefined ? [] : [{ line, message: `shared/ must do without ${used}` }];
  });
}

function impurity(word: string, after: readonly Token[]): string | undefined {
  const [first, second, third] = after.map(({ value }) => value);
  if (word === "Deno" || word === "console" || word === "performance") return word;
  if (word === "Date" && first === "." && second === "now") return "Date.now";
  const now = second !== "(" || third === ")";
  return word === "new" && first === "Date" && now ? "the present time" : undefined;
}

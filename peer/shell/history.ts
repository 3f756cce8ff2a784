import { join } from "@std/path";
import { LanyardError, reasonOf } from "../../shared/mod.ts";
import { replaceFile } from "../state_file.ts";

/** Lines that are remembered. */
export const historySize = 500;
/** Characters of a line that is remembered. */
const longestLine = 1000;

/** What was typed into shells, the last line first; kept in the state folder for its user alone. */
export class History {
  readonly #file: string;
  #lines: readonly string[];
  /** Lines that are not kept yet, the last one last. */
  #added: string[] = [];

  private constructor(file: string, lines: readonly string[]) {
    this.#file = file;
    this.#lines = lines;
  }

  /** Reads what was typed earlier. @throws {LanyardError} `io` */
  static async open(stateFolder: string): Promise<History> {
    const file = historyFile(stateFolder);
    return new History(file, await read(file));
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Adds a line, unless it should not be kept. */
  add(line: string): void {
    if (!isKept(line)) return;
    this.#lines = withLine(this.#lines, line);
    this.#added.push(line);
  }

  /** Keeps it for the next run, beside what other shells have added. @throws {LanyardError} `io` */
  async save(): Promise<void> {
    if (this.#added.length === 0) return;
    const added = this.#added;
    this.#added = [];
    const lines = added.reduce(withLine, await read(this.#file));
    await replaceFile(this.#file, `${lines.toReversed().join("\n")}\n`);
  }
}

async function read(file: string): Promise<readonly string[]> {
  try {
    const lines = (await Deno.readTextFile(file)).split("\n").filter((line) => isKept(line));
    return lines.slice(-historySize).toReversed();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    throw new LanyardError("io", `Cannot read ${file}: ${reasonOf(cause)}`, { cause });
  }
}

/** A line that is there already comes to the front. */
function withLine(lines: readonly string[], line: string): readonly string[] {
  return [line, ...lines.filter((one) => one !== line)].slice(0, historySize);
}

/** Where the history of a state folder is. */
export function historyFile(stateFolder: string): string {
  return join(stateFolder, "shell_history");
}

/** A join link may hold the key of an invite. */
function isKept(line: string): boolean {
  return line.trim() !== "" && line.length <= longestLine && !/\p{Cc}/u.test(line) &&
    !/lanyard:\/\//i.test(line);
}

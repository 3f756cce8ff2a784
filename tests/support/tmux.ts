import { isPossible, run } from "./commands.ts";
import { denoFolder } from "./deno_folder.ts";
import { eventually, patience } from "./waiting.ts";

/** A program in a terminal that is drawn by tmux, so that a test sees what a person would. */

/** Whether there can be one; says so if not. */
export async function hasTmux(): Promise<boolean> {
  return await isPossible("a terminal of tmux", async () => {
    await run("tmux", "-V");
  });
}

/** How to open a terminal. */
export interface TerminalOptions {
  env?: Record<string, string>;
  columns?: number;
  rows?: number;
}

/** One terminal with one program in it. */
export class Terminal implements AsyncDisposable {
  readonly #server: string;

  private constructor(server: string) {
    this.#server = server;
  }

  static async open(
    command: readonly string[],
    { env = {}, columns = 100, rows = 40 }: TerminalOptions = {},
  ): Promise<Terminal> {
    const terminal = new Terminal(`lanyard-${crypto.randomUUID()}`);
    const words = [...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...command];
    // What was drawn last is still to be seen when the program has ended, also by Ctrl-C.
    const script = `trap : INT; env ${words.map(quoted).join(" ")}; echo "[ended $?]"; exec cat`;
    await terminal.#tmux(
      ...["-f", "/dev/null", "new-session", "-d", "-x", String(columns), "-y", String(rows)],
      ...["-s", "one", "--", "sh", "-c", script],
    );
    return terminal;
  }

  /** Types some text, as if letter by letter. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-t", "one", "-l", "--", text);
  }

  /** Presses keys, by the names that tmux has for them. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", "-t", "one", ...keys);
  }

  /** Types a line and presses Enter. */
  async enter(line: string): Promise<void> {
    if (line !== "") await this.type(line);
    await this.press("Enter");
  }

  /** What is on the screen, and what has left it at the top, without spaces at line ends. */
  async screen(): Promise<string> {
    const drawn = await this.#tmux("capture-pane", "-p", "-S", "-2000", "-t", "one");
    return drawn.split("\n").map((line) => line.trimEnd()).join("\n").trimEnd();
  }

  /** The same, with lines that were too long for the screen put together again. */
  async text(): Promise<string> {
    const drawn = await this.#tmux("capture-pane", "-p", "-J", "-S", "-2000", "-t", "one");
    return drawn.split("\n").map((line) => line.trimEnd()).join("\n").trimEnd();
  }

  /** Waits until the whole screen fits. */
  async until(fits: RegExp, what = String(fits)): Promise<string> {
    try {
      return await eventually(
        async () => {
          const drawn = await this.text();
          return fits.test(drawn) ? drawn : undefined;
        },
        patience,
        what,
      );
    } catch (error) {
      throw new Error(`Not on the screen:\n${await this.screen()}`, { cause: error });
    }
  }

  /** Changes the size of the terminal. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-t", "one", "-x", String(columns), "-y", String(rows));
  }

  /** Waits for the end of the program; its exit status. */
  async end(): Promise<number> {
    const [, status] = /\[ended (\d+)\]/.exec(await this.until(/\[ended \d+\]$/m)) ?? [];
    return Number(status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server");
  }

  async #tmux(...args: string[]): Promise<string> {
    // Names and punctuation are to be seen as they are, whatever this machine is set to.
    return await run("env", "LC_ALL=C.UTF-8", "TERM=xterm", "tmux", "-L", this.#server, ...args);
  }
}

/** A word of a command, for a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The environment of somebody whose home is another one; what Deno has fetched stays where it is. */
export function atHome(home: string): Record<string, string> {
  return { HOME: home, DENO_DIR: denoFolder() };
}

import { fromFileUrl, join } from "@std/path";
import { v8Flags } from "../../tools/v8_flags.ts";
import { patience, within } from "./waiting.ts";

/** Starts the real programs: the sources, or the executables in the folder `LANYARD_DIST`. */

const repository = fromFileUrl(new URL("../../", import.meta.url));
const executables = Deno.env.get("LANYARD_DIST");

/** The command that runs a program, without its arguments. */
export function commandFor(program: "tracker" | "peer"): [string, ...string[]] {
  if (executables !== undefined) return [join(executables, program)];
  const config = join(repository, "deno.json");
  const main = join(repository, program, "main.ts");
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    `--v8-flags=${v8Flags[program]}`,
    "--config",
    config,
    `-P=${program}`,
    main,
  ];
}

/** How to start a program. */
export interface StartOptions {
  env?: Record<string, string>;
  /** Put before the command, such as `ip netns exec NAME`. */
  prefix?: readonly string[];
  cwd?: string;
  /**
   * Whether trackers are announced and looked for, which is for machines with a network of their
   * own: on that of this one there may be any tracker.
   */
  discovery?: boolean;
  /** Whether something will be typed; otherwise standard input is empty. */
  typed?: boolean;
}

/** One JSON line that a program printed. */
export type Line = Record<string, unknown>;

/** How a program ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
  /** The JSON lines of standard output. */
  lines: Line[];
}

/** A running program whose output is read as it comes. */
export class Program implements AsyncDisposable {
  readonly pid: number;
  readonly lines: Line[] = [];
  stdout = "";
  stderr = "";
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> | undefined;
  readonly #read: Promise<unknown>;
  #changed = Promise.withResolvers<void>();
  /** The line that has not come to its end yet. */
  #rest = "";

  /** @param program one of ours, or the command of another one */
  constructor(
    program: "tracker" | "peer" | readonly string[],
    args: readonly string[],
    options: StartOptions = {},
  ) {
    const run = typeof program === "string" ? commandFor(program) : program;
    const [command, ...rest] = [...options.prefix ?? [], ...run, ...args];
    this.#child = new Deno.Command(command ?? "", {
      args: rest,
      env: {
        NO_COLOR: "1",
        LANYARD_TRACKER: "",
        LANYARD_DISCOVERY: options.discovery === true ? "" : "off",
        ...options.env,
      },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdin: options.typed === true ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = options.typed === true ? this.#child.stdin.getWriter() : undefined;
    this.pid = this.#child.pid;
    this.#read = Promise.all([
      this.#follow(this.#child.stdout, (text) => this.#takeOutput(text)),
      this.#follow(this.#child.stderr, (text) => this.stderr += text),
    ]);
  }

  /** The first line that fits, printed already or yet to come; fails at the program's end. */
  async line(fits: (line: Line) => boolean, deadline = patience): Promise<Line> {
    let ended = false;
    const end = this.#read.then(() => ended = true);
    const found = async (): Promise<Line> => {
      for (;;) {
        const line = this.lines.find(fits);
        if (line !== undefined) return line;
        if (ended) throw new Error("The program has ended");
        await Promise.race([this.#changed.promise, end]);
      }
    };
    try {
      return await within(found(), deadline);
    } catch (error) {
      const last = this.lines.slice(-5).map((line) => JSON.stringify(line)).join("\n");
      throw new Error(`No such line; the last were:\n${last}\n${this.stderr}`, { cause: error });
    }
  }

  /** The first event of that name. */
  event(name: string, deadline?: number): Promise<Line> {
    return this.line(({ event }) => event === name, deadline);
  }

  /** Types some text, if the program was started to be typed to. */
  async type(text: string): Promise<void> {
    await this.#input?.write(new TextEncoder().encode(text));
  }

  /** Ends what is typed. */
  async hangUp(): Promise<void> {
    await this.#input?.close();
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for the end. */
  async end(deadline = patience): Promise<Ended> {
    const { code } = await within(this.#child.status, deadline);
    await this.#read;
    const { stdout, stderr, lines } = this;
    return { code, stdout, stderr, lines };
  }

  /** Ends the program if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#child.status;
    await this.#input?.abort().catch(() => {}); // It was closed.
    await this.#read;
  }

  #takeOutput(text: string): void {
    this.stdout += text;
    // A program may print hundreds of thousands of lines, so each one is looked at once.
    const complete = `${this.#rest}${text}`.split("\n");
    this.#rest = complete.pop() ?? "";
    for (const line of complete) this.lines.push(...asJson(line));
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #follow(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
  }
}

function asJson(line: string): Line[] {
  if (!line.startsWith("{")) return [];
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

/** Runs `peer` to its end. */
export async function runPeer(args: readonly string[], options?: StartOptions): Promise<Ended> {
  await using program = new Program("peer", args, options);
  return await program.end();
}

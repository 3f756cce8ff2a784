/** A line of output, and when it came (ms of `performance.now()`). */
export interface Arrived {
  at: number;
  text: string;
}

/** A JSON line of output, and when it came. */
export type ArrivedEvent = Record<string, unknown> & { at: number };

/** How to start a child. */
export interface ChildOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** What is done with each line of standard output; kept if not given. */
  onLine?: (line: Arrived) => void;
}

/** Milliseconds that a child has to end after it was asked to. */
const patience = 10_000;
/** Characters of standard error that are kept for an error message. */
const keptErrors = 4000;

/** A program that was started here, its output with the times at which it came, and its end. */
export class Child implements AsyncDisposable {
  static readonly #running = new Set<Child>();
  static #noMore = false;
  readonly name: string;
  readonly pid: number;
  /** When it was started (ms of `performance.now()`). */
  readonly started = performance.now();
  readonly lines: Arrived[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #end: Promise<{ code: number; at: number }>;
  readonly #onLine: (line: Arrived) => void;
  #errors = "";
  #ended = false;
  #more = Promise.withResolvers<void>();

  constructor(command: readonly string[], options: ChildOptions = {}) {
    if (Child.#noMore) throw new Error("Everything is being ended");
    const [program = "", ...args] = command;
    const { cwd, env, onLine } = options;
    this.name = [program, ...args.slice(0, 3)].join(" ");
    this.#onLine = onLine ?? ((line) => this.lines.push(line));
    this.#process = new Deno.Command(program, {
      args,
      env: { NO_COLOR: "1", LANYARD_TRACKER: "", LANYARD_STATE: "", ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.pid = this.#process.pid;
    Child.#running.add(this);
    const read = Promise.all([this.#readLines(), this.#readErrors()]);
    const ended = this.#process.status.then(({ code }) => ({ code, at: performance.now() }));
    this.#end = Promise.all([ended, read]).then(([end]) => {
      this.#ended = true;
      Child.#running.delete(this);
      this.#more.resolve();
      return end;
    });
  }

  /** Ends everything that was started and still runs, for good. */
  static async stopAll(): Promise<void> {
    Child.#noMore = true;
    await Promise.all(Array.from(Child.#running, (child) => child.stop()));
  }

  /** The first event of that name, printed already or yet to come, which fits. */
  async event(
    name: string,
    fits: (event: ArrivedEvent) => boolean = () => true,
  ): Promise<ArrivedEvent> {
    for (let next = 0;;) {
      for (; next < this.lines.length; next++) {
        const event = asEvent(this.lines[next], name);
        if (event !== undefined && fits(event)) return event;
      }
      if (this.#ended) throw new Error(`${this.name} ended without "${name}": ${this.#errors}`);
      await this.#more.promise;
    }
  }

  /** All events of that name so far. */
  events(name: string): ArrivedEvent[] {
    return this.lines.map((line) => asEvent(line, name)).filter((event) => event !== undefined);
  }

  /** Waits for the end; returns the seconds from the start to it. Fails if the program has. */
  async succeed(): Promise<number> {
    const { code, at } = await this.#end;
    if (code !== 0) {
      const said = this.lines.slice(-3).map(({ text }) => text).join("\n");
      throw new Error(`${this.name} ended with ${code}: ${this.#errors}${said}`);
    }
    return (at - this.started) / 1000;
  }

  /** Sends a signal, if it still runs. */
  kill(signal: Deno.Signal): void {
    try {
      this.#process.kill(signal);
    } catch {
      // It has ended already.
    }
  }

  /** Ends the program: politely, and after a while by force. */
  async stop(): Promise<void> {
    this.kill("SIGTERM");
    const force = setTimeout(() => this.kill("SIGKILL"), patience);
    await this.#end;
    clearTimeout(force);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #readLines(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of this.#process.stdout) {
      const at = performance.now();
      const texts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = texts.pop() ?? "";
      for (const text of texts) this.#onLine({ at, text });
      this.#more.resolve();
      this.#more = Promise.withResolvers();
    }
    if (rest !== "") this.#onLine({ at: performance.now(), text: rest });
  }

  async #readErrors(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#process.stderr) {
      this.#errors = (this.#errors + decoder.decode(chunk, { stream: true })).slice(-keptErrors);
    }
  }
}

function asEvent(line: Arrived | undefined, name: string): ArrivedEvent | undefined {
  // Thousands of lines are looked at; most are not worth reading as JSON.
  if (line === undefined || !line.text.startsWith(`{"event":${JSON.stringify(name)}`)) return;
  return { ...JSON.parse(line.text), at: line.at };
}

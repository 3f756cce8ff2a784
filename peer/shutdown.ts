import { exitStatus } from "../shared/mod.ts";
import { pause } from "./pause.ts";

/** Milliseconds that the last words may take after a signal. */
const patience = 3000;
/** Milliseconds of them for one task: what hangs must not keep the others, such as BYE, waiting. */
const patienceForEach = 600;

/** What has to be done before the program ends, however it ends: said BYE, closed, recorded. */
export class Shutdown {
  readonly #tasks: (() => Promise<void> | void)[] = [];
  readonly #signalled = Promise.withResolvers<number>();
  readonly #hurried = Promise.withResolvers<void>();
  #status: number | undefined;
  #running: Promise<void> | undefined;

  /** Starts to listen for SIGINT and SIGTERM, unless it is a part of another one. */
  constructor({ isPart = false } = {}) {
    if (isPart) return;
    this.#listen("SIGINT", exitStatus.interrupted);
    if (Deno.build.os !== "windows") this.#listen("SIGTERM", exitStatus.terminated);
  }

  /** What may have to end sooner, and with the program otherwise. */
  part(): Shutdown {
    const part = new Shutdown({ isPart: true });
    this.add(() => part.run());
    return part;
  }

  /** Resolves with the exit status when a signal asks the program to end. */
  get signalled(): Promise<number> {
    return this.#signalled.promise;
  }

  /** The exit status after a signal. */
  get status(): number | undefined {
    return this.#status;
  }

  /** From now on each task has only as long as after a signal: somebody waits for the end. */
  hurry(): void {
    this.#hurried.resolve();
  }

  /** Has `task` done at the end, before those that were added earlier. */
  add(task: () => Promise<void> | void): void {
    this.#tasks.push(task);
  }

  /**
   * Does what was added, last first. After a signal it never returns: what fails because things are
   * closed is no failure of the command, and the program ends with the signal's status.
   */
  async run(): Promise<void> {
    await this.#runAll();
    if (this.#status !== undefined) await new Promise(() => {});
  }

  /** A signal and the end of the command may come together: everything is done once, in turn. */
  #runAll(): Promise<void> {
    return this.#running ??= this.#drain();
  }

  async #drain(): Promise<void> {
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      const late = this.#hurried.promise.then(() => pause(patienceForEach));
      await Promise.race([task(), late]);
    }
  }

  #listen(signal: Deno.Signal, status: number): void {
    Deno.addSignalListener(signal, () => {
      if (this.#status !== undefined) Deno.exit(status); // Asked twice: at once, then.
      this.#status = status;
      this.#signalled.resolve(status);
      this.hurry();
      setTimeout(() => Deno.exit(status), patience);
      void this.#runAll().finally(() => Deno.exit(status));
    });
  }
}

import type { Output } from "./output.ts";

/** Output that waits for `ready`: programs are told that first. */
export class ReadyOutput {
  readonly #output: Pick<Output, "result" | "event" | "warn">;
  readonly #ready: Promise<void>;
  #isReady = false;

  /** @param ready resolves when it has been told */
  constructor(output: Pick<Output, "result" | "event" | "warn">, ready: Promise<void>) {
    this.#output = output;
    this.#ready = ready;
    void ready.then(() => this.#isReady = true);
  }

  /** A result, as that of `Output`. */
  result(object: unknown, text: () => string): void {
    void this.#ready.then(() => this.#output.result(object, text));
  }

  /** Something that happened, as that of `Output`. */
  event(object: { event: string; [key: string]: unknown }, text?: () => string): void {
    void this.#ready.then(() => this.#output.event(object, text));
  }

  /** Something does not work as it should; before all is ready it may be why that never comes. */
  trouble(message: string): void {
    if (this.#isReady) this.#output.event({ event: "warning", message }, () => message);
    else this.#output.warn(message);
  }
}

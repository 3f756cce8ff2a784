import { LanyardError } from "../../shared/mod.ts";
import type { Output } from "../output.ts";
import type { Console } from "./console.ts";
import type { Network, OwnShare } from "./network.ts";
import type { Transfers } from "./transfers.ts";

/** What a shell works with. */
export interface ShellParts {
  console: Console;
  output: Output;
  network: Network;
  share: OwnShare;
  transfers: Transfers;
  /** Where copies go, for people. */
  downloads: string;
  /** Tells somebody who looks elsewhere. */
  notify(text: string): void;
}

/** What goes on while other orders are taken. */
export class Background {
  readonly #work = new Set<Promise<void>>();
  readonly #onFailure: (error: LanyardError) => void;
  #isAbandoned = false;

  /** @param onFailure told of what did not succeed */
  constructor(onFailure: (error: LanyardError) => void) {
    this.#onFailure = onFailure;
  }

  /** Does something; what comes of it is told, unless the shell has been left. */
  start(
    work: () => Promise<LanyardError | undefined>,
    tell: (failure?: LanyardError) => void,
  ): void {
    const done = this.#do(work, tell).finally(() => this.#work.delete(done));
    this.#work.add(done);
  }

  /** Resolves when nothing goes on any more. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  /** What happens from now on is told nobody: what fails does so because the shell is left. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  async #do(
    work: () => Promise<LanyardError | undefined>,
    tell: (failure?: LanyardError) => void,
  ): Promise<void> {
    const failure = await work().catch((error) => {
      if (error instanceof LanyardError) return error;
      throw error;
    });
    if (this.#isAbandoned) return;
    tell(failure);
    if (failure !== undefined) this.#onFailure(failure);
  }
}

import { LanyardError } from "../../shared/mod.ts";

/** When a receiver is done, and with what: it may be told to take one file only. */
export class Ending {
  readonly #once: boolean;
  readonly #over = Promise.withResolvers<void>();
  #settled = 0;
  #failure: LanyardError | undefined;

  /** @param once whether it is over with the first file */
  constructor(once: boolean) {
    this.#once = once;
    this.#over.promise.catch(() => {}); // Whoever waits for it is told.
  }

  /** Whether a file that does not come ends the program, which then says why. */
  get isNext(): boolean {
    return this.#once;
  }

  /** Resolves when it is over; rejects if a file did not come. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** It is known what became of an offer: it was taken or declined, or did not come. */
  settle(failure?: LanyardError): void {
    this.#settled++;
    this.#failure ??= failure;
    if (!this.#once) return;
    if (failure === undefined) this.#over.resolve();
    else this.#over.reject(failure);
  }

  /** Nobody is there to be asked any more, and everything has come that could. */
  endAlone(): void {
    if (this.#failure !== undefined) {
      const { code, message } = this.#failure;
      return this.#over.reject(new LanyardError(code, `Not every file came: ${message}`));
    }
    if (this.#settled > 0) return this.#over.resolve();
    this.#over.reject(
      new LanyardError(
        "usage",
        "Nobody can be asked whether to take a file, because standard input has ended; to take " +
          "every file, add --yes",
      ),
    );
  }
}

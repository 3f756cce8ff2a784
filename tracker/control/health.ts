import { within } from "../../net/mod.ts";
import { LanyardError } from "../../shared/mod.ts";

/** Milliseconds that the index may take: a search that takes as long is no use to anybody. */
const patience = 1000;

/** Whether the tracker can do what it is for. */
export type Verdict = { ok: true } | { ok: false; reason: string };

/** What a health check is told. */
export interface HealthOptions {
  /** Milliseconds that an answer may take. */
  patience?: number;
  /** Told why the tracker is not well, each time that it stops being well. */
  onFailure(error: unknown): void;
}

/** Asks a tracker how it is. However many ask it at once, one question is under way. */
export class Health {
  readonly #check: () => Promise<void>;
  readonly #options: HealthOptions;
  #asking: Promise<Verdict> | undefined;
  #wasWell = true;

  /** @param check resolves if all is well */
  constructor(check: () => Promise<void>, options: HealthOptions) {
    this.#check = check;
    this.#options = options;
  }

  /** How it is, which takes a second at most. The reason says nothing of what is inside. */
  async verdict(): Promise<Verdict> {
    this.#asking ??= this.#ask();
    const verdict = await within(this.#asking, this.#options.patience ?? patience);
    return verdict ?? { ok: false, reason: "The index does not answer" };
  }

  async #ask(): Promise<Verdict> {
    try {
      await this.#check();
      this.#wasWell = true;
      return { ok: true };
    } catch (error) {
      if (error instanceof LanyardError) return { ok: false, reason: error.message };
      if (this.#wasWell) this.#options.onFailure(error);
      this.#wasWell = false;
      return { ok: false, reason: "The index has failed" };
    } finally {
      this.#asking = undefined;
    }
  }
}

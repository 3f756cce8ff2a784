import type { Audience, Holder } from "../file_index.ts";
import type { Totals } from "../totals.ts";
import { Visibility } from "./visibility.ts";

/** The sessions of a store: what they hold, and who may see it. */
export class Sessions {
  readonly #totals = new Map<Holder, Totals>();
  readonly #hidden = new Set<Holder>();
  readonly #encrypted = new Set<Holder>();
  /** Those that have parts of files, or had. */
  readonly #withParts = new Set<Holder>();
  /** By whether its audience sees only what is without encryption. */
  readonly #visibilities = new Map<boolean, Visibility>();

  /** What a session holds; it is new if it was not known. */
  totals(holder: Holder): Totals {
    let totals = this.#totals.get(holder);
    if (totals === undefined) {
      this.#totals.set(holder, totals = { files: 0, bytes: 0n });
      this.#visibilities.clear();
    }
    return totals;
  }

  delete(holder: Holder): void {
    this.#totals.delete(holder);
    this.#hidden.delete(holder);
    this.#encrypted.delete(holder);
    this.#withParts.delete(holder);
    this.#visibilities.clear();
  }

  holders(): Holder[] {
    return [...this.#totals.keys()];
  }

  /** Counts from nothing again what the sessions hold. */
  clearTotals(): void {
    for (const holder of this.#totals.keys()) this.#totals.set(holder, { files: 0, bytes: 0n });
  }

  /** Whether a session may have parts of files. */
  hasParts(holder: Holder): boolean {
    return this.#withParts.has(holder);
  }

  /** Notes that a session has a part of a file. */
  notePart(holder: Holder): void {
    this.#withParts.add(holder);
  }

  markEncrypted(holder: Holder): void {
    this.totals(holder);
    this.#encrypted.add(holder);
    this.#visibilities.clear();
  }

  hide(holder: Holder): void {
    this.totals(holder);
    this.#hidden.add(holder);
    this.#visibilities.clear();
  }

  show(holder: Holder): void {
    this.#hidden.delete(holder);
    this.#visibilities.clear();
  }

  /** Whether somebody may see what a session has. */
  isOpen(holder: Holder, audience: Audience): boolean {
    return this.#totals.has(holder) && !this.#isClosed(holder, audience);
  }

  /** Whose files somebody may see. */
  openTo(audience: Audience): Visibility {
    const { plainOnly = false } = audience;
    let visibility = this.#visibilities.get(plainOnly);
    if (visibility === undefined) {
      visibility = this.#see(audience);
      this.#visibilities.set(plainOnly, visibility);
    }
    return visibility;
  }

  #see(audience: Audience): Visibility {
    const all = this.holders();
    const closed = all.filter((holder) => this.#isClosed(holder, audience));
    if (closed.length <= all.length / 2) return Visibility.except(closed);
    return Visibility.only(all.filter((holder) => !this.#isClosed(holder, audience)));
  }

  #isClosed(holder: Holder, { plainOnly }: Audience): boolean {
    return this.#hidden.has(holder) || (plainOnly === true && this.#encrypted.has(holder));
  }
}

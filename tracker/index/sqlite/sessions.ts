import type { Audience, Holder } from "../file_index.ts";
import type { Totals } from "../totals.ts";

/** A session, as a store knows it beside its files. */
export interface Session {
  totals: Totals;
  hidden: boolean;
  encrypted: boolean;
}

/** The sessions of a store: what they hold, and who may see it. */
export class Sessions {
  readonly #sessions = new Map<Holder, Session>();

  /** A session, which is new if it was not known. */
  get(holder: Holder): Session {
    let session = this.#sessions.get(holder);
    if (session === undefined) {
      session = { totals: { files: 0, bytes: 0n }, hidden: false, encrypted: false };
      this.#sessions.set(holder, session);
    }
    return session;
  }

  delete(holder: Holder): void {
    this.#sessions.delete(holder);
  }

  holders(): Holder[] {
    return [...this.#sessions.keys()];
  }

  /** Counts from nothing again what the sessions hold. */
  clearTotals(): void {
    for (const session of this.#sessions.values()) session.totals = { files: 0, bytes: 0n };
  }

  /** Whether somebody may see what a session has. */
  isOpen(holder: Holder, { plainOnly }: Audience): boolean {
    const session = this.#sessions.get(holder);
    return session !== undefined && !session.hidden && !(session.encrypted && plainOnly);
  }

  /** The sessions whose files somebody may see, unless that is all of them. */
  openTo(audience: Audience): Holder[] | undefined {
    const open = this.holders().filter((holder) => this.isOpen(holder, audience));
    return open.length === this.#sessions.size ? undefined : open;
  }
}

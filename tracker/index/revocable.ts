/**
 * An index in memory whose changes can be taken back, as those of its database can. What is taken
 * out stays in until that is committed: the database says that it is gone.
 */
export abstract class Revocable {
  /** What was added and taken out since `begin`. */
  #changes: { added: number[]; removed: Set<number> } | undefined;

  /** From now on changes may be taken back. */
  begin(): void {
    this.#changes = { added: [], removed: new Set() };
  }

  commit(): void {
    this.#settle("removed");
  }

  /** Takes back what was changed since `begin`. */
  rollBack(): void {
    this.#settle("added");
  }

  /** Takes something out for good. */
  protected abstract take(what: number): void;

  /** Notes that something was added. */
  protected noteAdded(what: number): void {
    this.#changes?.added.push(what);
  }

  /** Takes something out; after `begin` only when that is committed. */
  protected takeWhenCommitted(what: number): void {
    if (this.#changes === undefined) this.take(what);
    else this.#changes.removed.add(what);
  }

  /** Whether something is taken out when changes are committed. */
  protected isRemoved(what: number): boolean {
    return this.#changes?.removed.has(what) === true;
  }

  #settle(which: "added" | "removed"): void {
    const changes = this.#changes?.[which] ?? [];
    this.#changes = undefined;
    for (const what of changes) this.take(what);
  }
}

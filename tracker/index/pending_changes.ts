/**
 * What was added to an index in memory and taken out of it since a transaction of its database
 * began, so that it can be taken back. What is taken out stays in until that is committed: the
 * database says that it is gone.
 */
export class PendingChanges {
  readonly #take: (what: number) => void;
  #changes: { added: Set<number>; removed: Set<number> } | undefined;

  /** @param take takes something out for good */
  constructor(take: (what: number) => void) {
    this.#take = take;
  }

  begin(): void {
    this.#changes = { added: new Set(), removed: new Set() };
  }

  /** Notes that something was added. */
  add(what: number): void {
    this.#changes?.added.add(what);
  }

  /** Takes something out, if changes are pending only when they are committed. */
  remove(what: number): void {
    if (this.#changes === undefined) this.#take(what);
    else this.#changes.removed.add(what);
  }

  /** Whether something is taken out when changes are committed. */
  isRemoved(what: number): boolean {
    return this.#changes?.removed.has(what) === true;
  }

  commit(): void {
    this.#settle("removed");
  }

  rollBack(): void {
    this.#settle("added");
  }

  #settle(which: "added" | "removed"): void {
    const changes = this.#changes?.[which] ?? [];
    this.#changes = undefined;
    for (const what of changes) this.#take(what);
  }
}

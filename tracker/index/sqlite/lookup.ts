import type { ContentId } from "../../../shared/mod.ts";
import { ContentIndex } from "../contents/mod.ts";
import { NameIndex } from "../names/mod.ts";

/** What finds the serial numbers of entries in memory. The database has all of it, too. */
export class Lookup {
  readonly names = new NameIndex();
  readonly contents = new ContentIndex();

  /**
   * Those of the entries of some content, and perhaps some others.
   *
   * @param most how many there are at most
   */
  withId(id: ContentId, most = Infinity): number[] {
    return [...this.contents.withId(Uint8Array.fromHex(id)).take(most)];
  }

  /** From now on changes may be taken back. */
  begin(): void {
    this.names.begin();
    this.contents.begin();
  }

  commit(): void {
    this.names.commit();
    this.contents.commit();
  }

  /** Takes back what was changed since `begin`. */
  rollBack(): void {
    this.names.rollBack();
    this.contents.rollBack();
  }
}

import type { ContentId, Source } from "../../shared/mod.ts";
import type { SourceLink } from "./source_link.ts";

/** Where downloads find those who have what they want. */
export interface Sources {
  /**
   * The connection to a source; all downloads from it share one.
   *
   * @throws {LanyardError} `unreachable`, `wrong-key`, `version`, or what the source answers.
   */
  link(source: Source): Promise<SourceLink>;
  /** Those of some sources that may be used. */
  usable(sources: readonly Source[]): Source[];
  /** All that are known now to have some content. @throws {LanyardError} if nobody can tell. */
  find(id: ContentId, size: number): Promise<Source[]>;
  /** Closes all connections. Downloads that are not over fail. */
  close(): Promise<void>;
}

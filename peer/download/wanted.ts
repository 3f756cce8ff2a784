import type { ContentId } from "../../shared/mod.ts";

/** Content that is wanted. */
export interface Wanted {
  id: ContentId;
  /** Bytes. */
  size: number;
  /** Unix time in ms that the finished file gets. */
  modified: number;
  executable: boolean;
}

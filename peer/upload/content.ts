import type { ContentId } from "../../shared/mod.ts";

/** Content that can be sent: a shared file, or what has come of one that is still arriving. */
export interface Content {
  /** What it is called, for people. */
  readonly path: string;
  readonly id: ContentId;
  /** Bytes. */
  readonly size: number;
  /** Whether it is still offered; otherwise it has to be opened anew. */
  readonly isCurrent: boolean;
  /** The piece list: 32 bytes a piece. @throws {LanyardError} `changed` if it is not known now. */
  hashes(): Uint8Array;
  /** A bitmap of the pieces there are; missing, or nothing, if that is all of them. */
  have?(): Uint8Array | undefined;
  /**
   * Fills `into` from `offset`.
   *
   * @throws {LanyardError} `changed` if these are not the announced bytes any more, `not-found` if
   * they have not come yet, `io` if they cannot be read.
   */
  read(offset: number, into: Uint8Array): Promise<void>;
  /** A receiver says that it got wrong bytes. */
  distrust(): void;
  /** Closes what is open. */
  close(): void;
}

/** What a peer offers for download. */
export interface Shelf {
  /** Opens some content, if it is there. */
  open(id: ContentId, size: number): Content | undefined;
  /** Opens a file by name and size, for the classic dialect. */
  openByName(name: string, size: number): Content | undefined;
}

import type { ContentId, SharedFile, SharePath } from "../../shared/mod.ts";
import type { Commons } from "./commons.ts";

/** The session that announced files, as the index knows it: small and never reused. */
export type Holder = number;

/** Whose files count. */
export interface Audience {
  /** Only what sessions without encryption hold: whoever asks can reach no others. */
  plainOnly?: boolean;
}

/** What a search asks for. Text and filters are separate: no text is ever read as syntax. */
export interface SearchQuery extends Audience {
  /** Words and quoted phrases; all must occur in the name. Empty: every name. */
  text: string;
  /** No folders; they are found by texts that are not empty, and by their type. */
  filesOnly?: boolean;
  /** Only names that equal the text after folding. */
  exact?: boolean;
  /** Only this extension. */
  type?: string;
  /** Only files of at least / at most that many bytes. */
  minSize?: number;
  maxSize?: number;
  /** Only this content. */
  id?: ContentId;
  /** Only files that these sessions hold. */
  holders?: readonly Holder[];
}

/** What a listing asks for: everything, or what some sessions hold, or what lies under a path. */
export interface ListQuery extends Audience {
  holders?: readonly Holder[];
  under?: SharePath;
}

/** What content is asked about. */
export interface SourcesQuery extends Audience {
  id: ContentId;
  size: number;
}

/** Content under a name, with those who have it; or a folder of a session. */
export interface IndexedFile {
  name: string;
  path: SharePath;
  size: number;
  modified: number;
  id?: ContentId;
  type: string;
  executable?: boolean;
  /**
   * Only of folders: the whole files in it, at every depth. The size is then that of all of them, as
   * far as a number counts it, and `modified` that of the latest that was ever announced.
   */
  files?: number;
  /** Sessions that have it, all of them; the first is the one whose path this is. */
  holders: readonly Holder[];
}

/** One entry of a page, with the cursor that continues after it. */
export interface PageEntry<T> {
  value: T;
  cursor: string;
}

/** A part of a list. */
export interface Page<T> {
  entries: PageEntry<T>[];
  /** Whether the list goes on behind the last entry. */
  more: boolean;
  /** Entries of the whole list, counted up to 1,000. */
  total?: number;
}

/** Where a page starts and how many entries it may have. */
export interface PageRequest {
  cursor?: string;
  limit: number;
}

/** Entries up to which a total is counted. */
export const totalCountedTo = 1000;

/**
 * The searchable index of who shares what. Every implementation passes the tests of
 * `contract/`.
 */
export interface FileIndex {
  /**
   * The sessions that an earlier run has left, hidden; none if there was none. Until one is dropped
   * its number is taken.
   */
  readonly restored: readonly Restored[];
  /** Where several trackers share the index: what they tell each other. */
  readonly commons?: Commons;
  /**
   * Adds files of a session; a path announced again replaces the earlier file.
   *
   * @param most files the session may hold afterwards
   * @throws {LanyardError} `too-many`, and nothing is added, if it would hold more, or if the index
   * has no room left.
   */
  put(holder: Holder, files: readonly SharedFile[], most: number): Promise<void>;
  /** Takes single files of a session out; unknown paths are ignored. */
  remove(holder: Holder, paths: readonly SharePath[]): Promise<void>;
  /** Says that a session is encrypted, before it announces anything. */
  markEncrypted(holder: Holder): void;
  /** Takes all files of a session out of every answer, at once; `show` brings them back. */
  hide(holder: Holder): void;
  show(holder: Holder): void;
  /**
   * Keeps a text with a session, as long as its list stays as it is: a store that outlasts the
   * tracker has it in `restored` when it is opened again.
   */
  note(holder: Holder, text: string): Promise<void>;
  /** Forgets a session and its files. */
  drop(holder: Holder): Promise<void>;
  /** Files a session holds, and their bytes together, at most the largest safe integer. */
  totals(holder: Holder): { files: number; bytes: number };
  /** Whether a session holds the whole of some content. */
  holds(holder: Holder, content: { id: ContentId; size: number }): Promise<boolean>;
  /** @throws {LanyardError} `bad-cursor`, `too-many`. */
  search(query: SearchQuery, page: PageRequest): Promise<Page<IndexedFile>>;
  /** @throws {LanyardError} `bad-cursor`. */
  list(query: ListQuery, page: PageRequest): Promise<Page<IndexedFile>>;
  /** The sessions that hold some content. @throws {LanyardError} `bad-cursor`. */
  sources(query: SourcesQuery, page: PageRequest): Promise<Page<Holding>>;
}

/** A session of an earlier run. */
export interface Restored {
  holder: Holder;
  /** What was kept with it; empty if its list was not complete. */
  note: string;
}

/** That a session holds some content, wholly or in part. */
export interface Holding {
  holder: Holder;
  partial: boolean;
}

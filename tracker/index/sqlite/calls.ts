import type { ContentId, ErrorCode, SharedFile, SharePath } from "../../../shared/mod.ts";
import type {
  Holder,
  Holding,
  IndexedFile,
  ListQuery,
  Page,
  PageRequest,
  Restored,
  SearchQuery,
  SourcesQuery,
} from "../file_index.ts";
import type { Totals } from "../totals.ts";

/** The call that the first message is, which is answered when the store is there. */
export const readyCall = 0;

/** What the thread of a store is asked, and what it answers. */
export interface StoreCalls {
  put: { ask: { holder: Holder; files: readonly SharedFile[]; most: number }; answer: Totals };
  remove: { ask: { holder: Holder; paths: readonly SharePath[] }; answer: Totals };
  note: { ask: { holder: Holder; text: string }; answer: undefined };
  drop: { ask: { holder: Holder }; answer: undefined };
  holds: { ask: { holder: Holder; id: ContentId; size: number }; answer: boolean };
  search: { ask: { query: SearchQuery; page: PageRequest }; answer: Page<IndexedFile> };
  list: { ask: { query: ListQuery; page: PageRequest }; answer: Page<IndexedFile> };
  sources: { ask: { query: SourcesQuery; page: PageRequest }; answer: Page<Holding> };
}

/** Changes of how a session is seen, which hold at once and are not answered. */
export type StoreSign = "markEncrypted" | "hide" | "show";

/** A message to the thread of a store, which is sent as JSON; after `close` there is none. */
export type StoreRequest =
  | { [M in keyof StoreCalls]: { call: number; method: M; ask: StoreCalls[M]["ask"] } }[
    keyof StoreCalls
  ]
  | { method: StoreSign; holder: Holder }
  | { call: number; method: "close" };

/** What a store is opened with: the answer to the first message. */
export interface Opened {
  restored: (Restored & { totals: Totals })[];
}

/** An answer of it; a message has some of them. */
export type StoreReply =
  | { call: number; answer: unknown }
  | { call: number; code: ErrorCode; message: string; fatal: boolean };

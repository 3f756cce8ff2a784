/** The index: one interface, one contract, and stores that keep it. */
export type { Commons, Described, DescribedHolding } from "./commons.ts";
export * from "./file_index.ts";
export { DirectIndex } from "./sqlite/direct_index.ts";
export { SqliteIndex } from "./sqlite/sqlite_index.ts";
export { SqliteStore } from "./sqlite/store.ts";

/** The index: one interface, one contract, several stores. */
export * from "./file_index.ts";
export { MemoryIndex } from "./memory_index.ts";

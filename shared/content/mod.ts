/** The identity of content: the hash tree of BEP 52, its pieces, and checking them. */
export * from "./content_id.ts";
export { hashBlocks, hashLength, sha256 } from "./merkle.ts";
export * from "./pieces.ts";

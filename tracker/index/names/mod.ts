export { longestGram, nameStart, wholeName } from "./grams.ts";
export { type FoundNames, NameIndex } from "./name_index.ts";
export { Pattern } from "./pattern.ts";
export type { Copied, NameSegment } from "./name_segment.ts";

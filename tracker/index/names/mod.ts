export { nameStart, wholeName } from "./grams.ts";
export { type FoundNames, NameIndex } from "./name_index.ts";

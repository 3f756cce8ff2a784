/** Sharing folders: scanning, hashing, following, announcing. */
export { type Exclusion, exclusion, type LeftOutReason, leftOutText } from "./left_out.ts";
export type { LibraryFile } from "./library.ts";
export { Sharing, type SharingOptions } from "./sharing.ts";

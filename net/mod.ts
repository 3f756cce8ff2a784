/** What both programs need of the network: who they are, whom they reach, how they listen. */
export { type Identity, openIdentity, temporaryIdentity } from "./identity.ts";
export { readOrMake } from "./read_or_make.ts";
export { idWords } from "./words.ts";

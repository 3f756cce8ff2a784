/** Connections in the other direction, to peers whose ports cannot be reached. */
export { Answering } from "./answering.ts";
export { type Answered, type Callback, Calls } from "./calls.ts";

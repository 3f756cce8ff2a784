/** Connections in the other direction, to peers whose ports cannot be reached. */
export { Answering } from "./answering.ts";
export { type Callback, Calls, type Line } from "./calls.ts";

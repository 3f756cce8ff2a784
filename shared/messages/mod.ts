/** Every message of the protocol, as values and as lines. */
export * from "./codec.ts";
export * from "./discovery_messages.ts";
export * from "./error_message.ts";
export * from "./peer_messages.ts";
export type { MessageOf, MessageTable } from "./table.ts";
export * from "./tracker_messages.ts";
export type { FoundFile, OnlinePeer, SharedFile, Source } from "./values.ts";

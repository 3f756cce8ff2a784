/** Talking to a tracker: one connection, or one that comes back by itself. */
export * from "./client.ts";
export * from "./link.ts";
export * from "./door.ts";
export { FoundDoor, type FoundDoorOptions } from "./found_door.ts";

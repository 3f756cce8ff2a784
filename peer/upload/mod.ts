/** Serving content to others. */
export type { Content, Shelf } from "./content.ts";
export { Shelves } from "./shelves.ts";
export { Slots } from "./slots.ts";
export { type ServerOptions, UploadServer } from "./upload_server.ts";
export type { Guard, Guest, Switchboard } from "./reception.ts";
export type { Inbox, Sender, Upload } from "./inbox.ts";
export { type UploadLimits, uploadLimits } from "./limits.ts";

/** Serving content to others. */
export type { Content, Shelf } from "./content.ts";
export { Shelves } from "./shelves.ts";
export { type ServerOptions, UploadServer } from "./upload_server.ts";
export type { Guard, Guest } from "./upload_session.ts";

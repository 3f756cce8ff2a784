/** Serving shared files to others. */
export type { Shelf } from "./upload_session.ts";
export { UploadServer } from "./upload_server.ts";

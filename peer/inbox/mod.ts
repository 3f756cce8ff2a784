/** Files that others send. */
export { FileInbox } from "./file_inbox.ts";
export { type InboxOptions, openInbox } from "./open_inbox.ts";

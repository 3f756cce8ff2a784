import type { PeerRequest, SharePath, Wire } from "../../shared/mod.ts";

/** A file that somebody wants to send us. */
export type Upload = Extract<PeerRequest, { verb: "UPLOAD" }>;

/** Takes files that others send. */
export interface Inbox {
  /**
   * Fetches what a guest sends, over the connection over which it said so.
   *
   * @returns the path under which it is kept.
   * @throws {LanyardError} why it is not taken.
   */
  fetch(upload: Upload, sender: Sender, wire: Wire): Promise<SharePath>;
}

/** Who sends a file. Names are what peers say of themselves; ids are proven where encrypted. */
export interface Sender {
  address: string;
  peer?: string;
  name?: string;
}

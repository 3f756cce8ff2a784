import { integer, object, optional, text } from "../fields.ts";
import { messageTable } from "./table.ts";
import { hexId, label, nonce } from "./values.ts";

const openPort = integer(1, 65_535);

/** What a tracker says of itself to whoever does not know it yet. A missing port is closed. */
const notice = {
  name: label,
  id: hexId,
  port: optional(openPort),
  tlsPort: optional(openPort),
};

/** What a tracker says of itself, however it travels. */
export const trackerNotice = object(notice);

/** What travels in single datagrams: how a tracker is found by whoever does not know where it is. */
export const discoveryMessages = messageTable({
  /** Asks everybody on a link. The padding makes the question as long as any answer. */
  WHERE: { version: integer(1), nonce, padding: optional(text(1200)) },
  /** A tracker's answer. */
  HERE: { version: integer(1), nonce, ...notice },
});

import { decodeBase64Url, encodeBase64Url } from "@std/encoding";
import { LanyardError } from "../errors.ts";
import { object, type ObjectOf, optional } from "../fields.ts";
import { bytes, hexId, time } from "../messages/values.ts";
import { parseStrictJson } from "../strict_json.ts";
import { isSignedBy } from "./certificate.ts";
import { signatureBytes } from "./proof.ts";

/** What a ticket says: for a while, this tracker accepts this peer. */
const shape = {
  tracker: hexId,
  peer: hexId,
  /** Unix time in ms, by the tracker's clock; no other clock judges a ticket. */
  issued: time,
  expires: time,
  /** The only content it is good for. */
  only: optional(object({ id: hexId, size: bytes })),
};
const ticketField = object(shape);
export type Ticket = ObjectOf<typeof shape>;

/** Milliseconds for which a ticket counts. */
export const ticketLife = 10 * 60 * 1000;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Writes a ticket: what it says and the tracker's signature, both base64url, and a dot between. */
export function issueTicket(ticket: Ticket, sign: (bytes: Uint8Array) => Uint8Array): string {
  const payload = encodeBase64Url(encoder.encode(JSON.stringify(ticket)));
  return `${payload}.${encodeBase64Url(sign(statement(payload)))}`;
}

/**
 * Reads a ticket and checks that a tracker signed it.
 *
 * @param certificate the tracker's, PEM
 * @throws {LanyardError} `ticket` if that tracker did not issue it.
 */
export function readTicket(text: string, certificate: string): Ticket {
  const [payload = "", signature = "", ...rest] = text.split(".");
  const isGenuine = rest.length === 0 &&
    isSignedBy(certificate, statement(payload), signatureBytes(signature));
  if (!isGenuine) throw refused("The ticket is not one of this tracker");
  try {
    const said: unknown = parseStrictJson(decoder.decode(decodeBase64Url(payload)));
    return ticketField.parse(said, "ticket");
  } catch {
    throw refused("The ticket cannot be read");
  }
}

/** By what a ticket is judged. */
export interface TicketRules {
  /** The id of the tracker both sides have joined. */
  tracker: string;
  /** Who shows it, as proven. */
  peer: string;
  /** The time by the tracker's clock: Unix time in ms. */
  now: number;
  /** When the tracker took back what it had issued to this peer, if it did. */
  revoked: number | undefined;
}

/** @throws {LanyardError} `ticket` if it does not count, or does no more. */
export function checkTicket(ticket: Ticket, { tracker, peer, now, revoked }: TicketRules): void {
  if (ticket.tracker !== tracker) throw refused("The ticket is one of another tracker");
  if (ticket.peer !== peer) throw refused("The ticket is one of another peer");
  if (ticket.expires <= now) throw refused("The ticket has expired");
  // A tracker whose clock was set back would wait for it to expire, and could not revoke it.
  if (ticket.issued > now + ticketLife) throw refused("The ticket is one of a time to come");
  if (revoked !== undefined && ticket.issued <= revoked) {
    throw refused("The tracker no longer accepts this peer");
  }
}

function refused(message: string): LanyardError {
  return new LanyardError("ticket", message, { fatal: true });
}

function statement(payload: string): Uint8Array {
  return encoder.encode(`lanyard-2\nticket\n${payload}`);
}

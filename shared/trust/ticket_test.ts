import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { temporaryIdentity } from "../../net/mod.ts";
import { LanyardError } from "../errors.ts";
import { checkTicket, issueTicket, readTicket, type Ticket, ticketLife } from "./ticket.ts";

const [tracker, other] = await Promise.all([temporaryIdentity(), temporaryIdentity()]);
const ticket: Ticket = {
  tracker: tracker.id,
  peer: "a".repeat(64),
  issued: 1_780_000_000_000,
  expires: 1_780_000_600_000,
};
const written = issueTicket(ticket, tracker.sign);
const permissions = "none";

function refused(run: () => unknown): string {
  const error = assertThrows(run, LanyardError);
  assertEquals([error.code, error.fatal], ["ticket", true]);
  return error.message;
}

Deno.test("readTicket reads what issueTicket wrote", { permissions }, () => {
  assertEquals(readTicket(written, tracker.certificate), ticket);
  const only = { ...ticket, only: { id: "b".repeat(64), size: 5 } };
  assertEquals(readTicket(issueTicket(only, tracker.sign), tracker.certificate), only);
});

Deno.test("hostile 42: readTicket refuses the ticket of another tracker", { permissions }, () => {
  refused(() => readTicket(written, other.certificate));
  refused(() => readTicket(issueTicket(ticket, other.sign), tracker.certificate));
});

Deno.test(
  "hostile 42: readTicket refuses a ticket with any character changed",
  { permissions },
  () => {
    fc.assert(
      fc.property(
        fc.nat(written.length - 1),
        fc.constantFrom("A", "z", "-", ".", "=", " ", "é", ""),
        (at, put) => {
          const forged = written.slice(0, at) + put + written.slice(at + 1);
          if (forged === written) return;
          refused(() => readTicket(forged, tracker.certificate));
        },
      ),
      { numRuns: 200 },
    );
  },
);

Deno.test("hostile 42: readTicket knows one way to write a signature", { permissions }, () => {
  // Of the last character of 70 or 71 bytes some bits stand for nothing.
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (let round = 0; round < 20; round++) {
    const genuine = issueTicket({ ...ticket, issued: round }, tracker.sign);
    const accepted = [...digits].filter((digit) => {
      try {
        readTicket(genuine.slice(0, -1) + digit, tracker.certificate);
        return true;
      } catch {
        return false;
      }
    });
    assertEquals(accepted, [genuine.at(-1)]);
  }
});

Deno.test("hostile 42: readTicket takes nothing but a ticket for one", { permissions }, () => {
  fc.assert(
    fc.property(fc.string(), (text) => void refused(() => readTicket(text, tracker.certificate))),
    { numRuns: 50 },
  );
  for (const object of [{}, [], 5, { ...ticket, peer: "x" }, { ...ticket, expires: -1 }]) {
    refused(() =>
      readTicket(issueTicket(object as unknown as Ticket, tracker.sign), tracker.certificate)
    );
  }
});

Deno.test("hostile 42 52: checkTicket judges by tracker, peer, time and revocation", {
  permissions,
}, () => {
  const rules = { tracker: tracker.id, peer: ticket.peer, now: ticket.issued, revoked: undefined };
  checkTicket(ticket, rules);
  checkTicket(ticket, { ...rules, now: ticket.expires - 1 });
  checkTicket(ticket, { ...rules, now: ticket.issued - ticketLife });
  checkTicket(ticket, { ...rules, revoked: ticket.issued - 1 });
  assertEquals(
    [
      { ...rules, tracker: other.id },
      { ...rules, peer: other.id },
      { ...rules, now: ticket.expires },
      { ...rules, now: ticket.issued - ticketLife - 1 },
      { ...rules, revoked: ticket.issued },
    ].map((wrong) => refused(() => checkTicket(ticket, wrong))),
    [
      "The ticket is one of another tracker",
      "The ticket is one of another peer",
      "The ticket has expired",
      "The ticket is one of a time to come",
      "The tracker no longer accepts this peer",
    ],
  );
});

import { assertEquals, assertThrows } from "@std/assert";
import { temporaryIdentity } from "../net/mod.ts";
import { type ErrorCode, issueTicket, LanyardError, ticketLife } from "../shared/mod.ts";
import { Membership } from "./membership.ts";

const [tracker, elsewhere, anaKey, boKey] = await Promise.all([
  temporaryIdentity(),
  temporaryIdentity(),
  temporaryIdentity(),
  temporaryIdentity(),
]);

/** The tracker's time, far from that of this machine. */
const start = 1_000_000_000_000;

function ticketFor(peer: string, issued: number, by = tracker): string {
  return issueTicket({ tracker: by.id, peer, issued, expires: issued + ticketLife }, by.sign);
}

/** Ana, who has joined and is asked by bo; `clock` is hers. */
class Meeting {
  clock = 5000;
  readonly ana = new Membership(anaKey, () => this.clock);
  readonly bo = new Membership(boKey, () => this.clock);

  constructor() {
    for (const one of [this.ana, this.bo]) {
      one.joined(tracker);
      one.heard({ now: start });
    }
    this.bo.heard({ ticket: ticketFor(boKey.id, start) });
  }

  /** What ana says to bo's ticket and proof. */
  admit(ticket = this.bo.ticket, nonce = this.ana.challenge(), proofOf = nonce): string {
    return this.ana.admit(nonce, ticket, this.bo.prove(proofOf, anaKey.id)).peer;
  }
}

function refused(code: ErrorCode, run: () => unknown): void {
  const error = assertThrows(run, LanyardError);
  assertEquals([error.code, error.fatal], [code, true], error.message);
}

Deno.test("Membership admits a peer that shows its own ticket of the same tracker", () => {
  assertEquals(new Meeting().admit(), boKey.id);
});

Deno.test("hostile 42: Membership refuses tickets that are another's, forged, or missing", () => {
  const meeting = new Meeting();
  refused("ticket", () => meeting.ana.admit("n", undefined, meeting.bo.prove("n", anaKey.id)));
  refused("ticket", () => meeting.admit(ticketFor(anaKey.id, start)));
  refused("ticket", () => meeting.admit(ticketFor(boKey.id, start, elsewhere)));
  refused("ticket", () => meeting.admit("made.up"));
});

Deno.test("hostile 42: Membership refuses a proof that was made for another connection or peer", () => {
  const meeting = new Meeting();
  const { ana, bo } = meeting;
  refused("wrong-key", () => meeting.admit(bo.ticket, "one", "two"));
  refused("wrong-key", () => ana.admit("n", bo.ticket, bo.prove("n", elsewhere.id)));
  const { signature } = bo.prove("n", anaKey.id);
  refused("wrong-key", () => {
    ana.admit("n", bo.ticket, { signature, certificate: elsewhere.certificate });
  });
});

Deno.test("hostile 46 52: Membership judges by the tracker's clock alone", () => {
  const meeting = new Meeting();
  meeting.clock += ticketLife - 1;
  assertEquals(meeting.admit(), boKey.id);
  meeting.clock += 1;
  refused("ticket", () => meeting.admit());
  meeting.bo.heard({ ticket: ticketFor(boKey.id, start + ticketLife) });
  assertEquals(meeting.admit(), boKey.id);
});

Deno.test("Membership takes the tracker's time from a ticket of its own", () => {
  const meeting = new Meeting();
  const late = start + 10 * ticketLife;
  meeting.ana.heard({ ticket: ticketFor(anaKey.id, late) });
  refused("ticket", () => meeting.admit());
  assertEquals(meeting.admit(ticketFor(boKey.id, late)), boKey.id);
});

Deno.test("Membership refuses who was revoked until the tracker accepts it anew", () => {
  const meeting = new Meeting();
  const told: string[] = [];
  meeting.ana.onRevoked((peer) => told.push(peer));
  meeting.ana.revoke(boKey.id, start + 5);
  assertEquals(told, [boKey.id]);
  meeting.ana.revoke(boKey.id, start + 5); // The tracker says it again to whoever comes back.
  assertEquals(told, [boKey.id], "who was accepted anew since is not put out again");
  refused("ticket", () => meeting.admit());
  assertEquals(meeting.admit(ticketFor(boKey.id, start + 6)), boKey.id);
});

Deno.test("Membership admits nobody before it has joined, and forgets one tracker for another", () => {
  const fresh = new Membership(anaKey);
  const meeting = new Meeting();
  const proof = meeting.bo.prove("n", anaKey.id);
  refused("ticket", () => fresh.admit("n", meeting.bo.ticket, proof));
  meeting.bo.joined(elsewhere);
  assertEquals(meeting.bo.ticket, undefined);
  meeting.bo.joined(elsewhere);
});

Deno.test("Membership hands on what a ticket is good for", () => {
  const meeting = new Meeting();
  const only = { id: "c".repeat(64), size: 7 };
  const said = { tracker: tracker.id, peer: boKey.id, issued: start, expires: start + 9, only };
  const proof = meeting.bo.prove("n", anaKey.id);
  const guest = meeting.ana.admit("n", issueTicket(said, tracker.sign), proof);
  assertEquals(guest, { peer: boKey.id, only });
});

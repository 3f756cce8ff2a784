import { encodeBase64Url } from "@std/encoding";
import { isLoopback, LanyardError } from "../shared/mod.ts";
import { Guesses } from "./admission_guesses.ts";
import type { Admitting, Applicant } from "./admitting.ts";
import type { Ban, GuestList } from "./guest_list.ts";
import type { Clock } from "./options.ts";
import { isSameSecret } from "./same_secret.ts";

/** Milliseconds for which nobody may join from the address of a banned peer. */
const addressBan = 24 * 60 * 60 * 1000;

/** The rules that an admission goes by. */
export interface AdmissionRules {
  /** Whether only members, and who shows the invite key, may join. */
  inviteOnly: boolean;
  clock: Pick<Clock, "now">;
}

/** Who may join, by the guest list of a tracker; what its operator decides goes into that list. */
export class Admission implements Admitting {
  readonly guests: GuestList;
  readonly inviteOnly: boolean;
  readonly #clock: AdmissionRules["clock"];
  readonly #guesses = new Guesses();

  constructor(guests: GuestList, { inviteOnly, clock }: AdmissionRules) {
    this.guests = guests;
    this.inviteOnly = inviteOnly;
    this.#clock = clock;
  }

  /**
   * Lets in a peer that has proven who it is, or throws. A right key makes it a member, and a
   * member needs no key any more. Where everybody may join, keys are not looked at.
   *
   * @throws {LanyardError} `banned`, `not-invited`, `wrong-key`, or `refused` after too many wrong
   * keys from its address; all fatal.
   */
  admit({ peer, name, address, invite }: Applicant): void {
    if (this.guests.isBanned(peer)) {
      throw refused("banned", "This tracker has banned this peer; ask whoever runs it");
    }
    this.admitAddress(address);
    if (!this.inviteOnly || this.guests.isMember(peer)) return;
    if (invite === undefined) {
      throw refused(
        "not-invited",
        "This tracker takes only those who were invited; ask whoever runs it for a join link, " +
          "and give that to: peer join",
      );
    }
    this.#checkKey(invite, address);
    this.guests.addMember({ peer, name, since: this.#clock.now() });
  }

  /** @throws {LanyardError} `banned`, fatal, while nobody may join from an address. */
  admitAddress(address: string): void {
    if (!this.guests.isBannedAddress(address, this.#clock.now())) return;
    throw refused(
      "banned",
      `This tracker takes nobody from ${address} for some time; ask whoever runs it`,
    );
  }

  bannedSince(since: number): { peer: string; at: number }[] {
    return this.guests.bans().filter((ban) => ban.since >= since)
      .map((ban) => ({ peer: ban.peer, at: ban.since }));
  }

  /** Withdraws a membership; without `--invite-only` there is none, and the peer may come back. */
  kick(peer: string): void {
    this.guests.removeMember(peer);
  }

  /**
   * Bans a peer for ever. Where everybody may join it could come back under a new key, so there
   * nobody may join from its address either, for 24 hours. Loopback is never banned: it is the
   * tracker's own machine.
   *
   * @param address where the peer is now, if it is here
   */
  ban(peer: string, name: string, address: string | undefined): Ban {
    const since = this.#clock.now();
    const isPlaceBanned = !this.inviteOnly && address !== undefined && !isLoopback(address);
    const ban = {
      peer,
      name,
      since,
      ...(isPlaceBanned ? { place: { address, until: since + addressBan } } : {}),
    };
    this.guests.removeMember(peer);
    this.guests.ban(ban);
    return ban;
  }

  /** Lifts a ban; a membership that it ended stays ended. */
  unban(peer: string): void {
    this.guests.unban(peer);
  }

  /** The key of the invites, as PROVE carries it: base64url. */
  get invite(): string {
    return encodeBase64Url(this.guests.inviteKey);
  }

  /** Voids all invites that were given out; members stay. */
  rotateInvite(): void {
    this.guests.replaceInviteKey();
  }

  /**
   * One machine may have many addresses of IPv6, and so more guesses: of 128 bits that does not
   * matter, but its neighbours on the same network would be locked out with it.
   */
  #checkKey(invite: string, address: string): void {
    const now = this.#clock.now();
    if (this.#guesses.isLockedOut(address, now)) {
      throw refused(
        "refused",
        `Too many wrong keys came from ${address}, so none is looked at now; ` +
          "try again in a minute",
      );
    }
    if (isSameSecret(invite, this.invite)) return;
    this.#guesses.countWrong(address, now);
    throw refused(
      "wrong-key",
      "The key of this join link is wrong or out of date; ask for a new join link",
    );
  }
}

function refused(code: LanyardError["code"], message: string): LanyardError {
  return new LanyardError(code, message, { fatal: true });
}

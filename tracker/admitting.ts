/** Somebody who wants to join over an encrypted connection, and has proven who it is. */
export interface Applicant {
  /** The id of its certificate: 64 hex digits. */
  peer: string;
  name: string;
  address: string;
  /** The key of an invite, base64url, if it has one. */
  invite?: string;
}

/** Decides who may join. */
export interface Admitting {
  /** @throws {LanyardError} `banned`, `not-invited` or `wrong-key`, all fatal. */
  admit(applicant: Applicant): void;
  /** Looks at an address before anything else is known. @throws {LanyardError} `banned`, fatal. */
  admitAddress(address: string): void;
  /** Who was banned at that time or later, in ms of the tracker's clock. */
  bannedSince(since: number): { peer: string; at: number }[];
}

/** No bans, no invites. */
export const admitEverybody: Admitting = {
  admit: () => {},
  admitAddress: () => {},
  bannedSince: () => [],
};

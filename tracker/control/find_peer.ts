import { LanyardError, printable } from "../../shared/mod.ts";

/** A peer as far as it is known. */
export interface KnownPeer {
  /** Its id: 64 hex digits. */
  peer: string;
  name: string;
  /** Where it is, if it is here. */
  address?: string;
}

/** Digits of an id that say enough: fewer are more likely a part of a name. */
const fewestDigits = 4;
/** Matches named in an error: nobody reads more. */
const mostNamed = 10;

/**
 * The one peer that an operator means by the first digits of its id, its exact name or its address.
 *
 * @param known may hold a peer more than once; what comes first is returned
 * @throws {LanyardError} `ambiguous`, naming those that are meant, or `not-found`.
 */
export function findPeer(who: string, known: Iterable<KnownPeer>): KnownPeer {
  const found = new Map<string, KnownPeer>();
  for (const one of known) {
    if (isMeant(who, one) && !found.has(one.peer)) found.set(one.peer, one);
  }
  const [first, ...others] = found.values();
  if (first === undefined) {
    throw new LanyardError(
      "not-found",
      `No peer here has the name, the address or an id that begins with ${printable(who)}`,
    );
  }
  if (others.length === 0) return first;
  const named = [...found.values()].slice(0, mostNamed).map(describe);
  const rest = found.size - named.length;
  throw new LanyardError(
    "ambiguous",
    `${printable(who)} may be ${named.join(", ")}${rest === 0 ? "" : ` or ${rest} others`}; ` +
      "give more digits of the id",
  );
}

function isMeant(who: string, { peer, name, address }: KnownPeer): boolean {
  if (who === address || who.normalize("NFC") === name.normalize("NFC")) return true;
  return who.length >= fewestDigits && peer.startsWith(who.toLowerCase());
}

function describe({ peer, name, address }: KnownPeer): string {
  return `${peer.slice(0, 16)} (${printable(name)}${
    address === undefined ? "" : ` at ${address}`
  })`;
}

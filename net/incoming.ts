import { type ByteStream, LanyardError, plainAddress, reasonOf } from "../shared/mod.ts";
import { within } from "./within.ts";

/** Both ends of a connection, as plain addresses, and what is between them. */
export interface Ends {
  remote: string;
  local: string;
  encrypted: boolean;
}

/** A connection that came in. It may be closed by several who know nothing of each other. */
export interface Incoming extends ByteStream {
  readonly ends: Ends;
  readonly closed: boolean;
  /**
   * Resolves when the connection can be used, or was closed.
   *
   * @param seconds for the remote to do its part
   * @throws {LanyardError} `timeout`, `syntax`.
   */
  prepare(seconds: number): Promise<void>;
}

/** A port that is listened on. */
export interface Port {
  readonly number: number;
  /** @throws what Deno throws, such as for want of descriptors: others may come later. */
  accept(): Promise<Incoming>;
  close(): void;
}

/** Both ends of a connection. */
export function endsOf(
  { remoteAddr, localAddr }: Deno.Conn<Deno.NetAddr>,
  encrypted: boolean,
): Ends {
  return {
    remote: plainAddress(remoteAddr.hostname),
    local: plainAddress(localAddr.hostname),
    encrypted,
  };
}

/** Waits for a handshake, but no longer than `seconds`. @throws {LanyardError} `timeout`, `syntax`. */
export async function handshakeWithin(
  handshake: Promise<unknown>,
  seconds: number,
): Promise<void> {
  const done = handshake.then(() => true, (cause) => {
    throw new LanyardError("syntax", `The TLS handshake failed: ${reasonOf(cause)}`, { cause });
  });
  if (await within(done, seconds * 1000)) return;
  throw new LanyardError("timeout", "The TLS handshake takes too long");
}

import { decodeBase64Url, encodeBase64Url } from "@std/encoding";
import { LanyardError } from "../errors.ts";
import { certificateId, isSignedBy } from "./certificate.ts";

/** Who is shown a proof: one that was made for a tracker says nothing to a peer. */
export type Purpose = "tracker" | "peer";

/** What a proof is about. */
export interface Challenge {
  purpose: Purpose;
  /** What the server made up for this connection: 32 random bytes, base64url. */
  nonce: string;
  /** The id of the server's certificate: whoever passes a proof on has another one. */
  server: string;
}

/** A certificate, and a signature that only the owner of its key can make. */
export interface Proof {
  /** PEM. */
  certificate: string;
  /** Base64url. */
  signature: string;
}

/** Bytes of a nonce. */
export const nonceBytes = 32;

const encoder = new TextEncoder();

/**
 * Answers a challenge.
 *
 * @param own the certificate to prove, its id, and its key at work
 */
export function prove(
  challenge: Challenge,
  own: { id: string; certificate: string; sign(bytes: Uint8Array): Uint8Array },
): Proof {
  const signature = encodeBase64Url(own.sign(statement(challenge, own.id)));
  return { certificate: own.certificate, signature };
}

/**
 * The id that a proof proves.
 *
 * @throws {LanyardError} `wrong-key` if the signature is not that of the certificate's key for this
 * challenge, `syntax` if there is no certificate.
 */
export function proven(challenge: Challenge, { certificate, signature }: Proof): string {
  const id = certificateId(certificate);
  if (!isSignedBy(certificate, statement(challenge, id), signatureBytes(signature))) {
    throw new LanyardError("wrong-key", "The proof is not that of the certificate's key", {
      fatal: true,
    });
  }
  return id;
}

/** What is signed. None of the parts has a line feed, and no ticket begins like this. */
function statement({ purpose, nonce, server }: Challenge, own: string): Uint8Array {
  return encoder.encode(["lanyard-2", purpose, nonce, own, server].join("\n"));
}

/**
 * The bytes of a signature; none, which no key signs, if the text is not the one way to write them
 * in base64url.
 */
export function signatureBytes(text: string): Uint8Array {
  try {
    const bytes = decodeBase64Url(text);
    return encodeBase64Url(bytes) === text ? bytes : new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}

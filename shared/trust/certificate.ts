import { createHash, verify, X509Certificate } from "node:crypto";
import { LanyardError } from "../errors.ts";

/** The name in every certificate. No public authority signs names that end in `.invalid`. */
export const certificateName = "lanyard.invalid";

/**
 * The id that a certificate gives: SHA-256 of its DER, as 64 hex digits.
 *
 * @param pem one certificate
 * @throws {LanyardError} `syntax` if it is none.
 */
export function certificateId(pem: string): string {
  return createHash("sha256").update(parse(pem).raw).digest("hex");
}

/**
 * Tells whether a signature (ECDSA with SHA-256, in DER) is that of the key in a certificate.
 *
 * @throws {LanyardError} `syntax` if there is no such certificate.
 */
export function isSignedBy(pem: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const certificate = parse(pem);
  try {
    const { publicKey } = certificate;
    // What is signed with another kind of key is signed by nobody here.
    return publicKey.asymmetricKeyType === "ec" && verify("sha256", bytes, publicKey, signature);
  } catch {
    return false; // No key, such as a point that is on no curve, or no signature at all.
  }
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new LanyardError("syntax", "The certificate cannot be read", { fatal: true, cause });
  }
}

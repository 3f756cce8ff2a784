import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { join } from "@std/path";
import { certificateId, isSignedBy, LanyardError } from "../shared/mod.ts";
import { makeCertificate } from "./certificate.ts";
import { readOrMake } from "./read_or_make.ts";

/** The key by which others know a peer or a tracker. */
export interface Identity {
  /** SHA-256 of the certificate in DER: 64 hex digits. */
  readonly id: string;
  /** PEM. */
  readonly certificate: string;
  /** The private key: PEM, PKCS 8. */
  readonly key: string;
  /** Signs bytes: ECDSA with P-256 and SHA-256, in DER. */
  sign(bytes: Uint8Array): Uint8Array;
}

const fileName = "identity.pem";

/**
 * Reads the identity in a state folder, which is made if it is missing. Key and certificate are
 * one file, so that two programs that start at once agree on both, and one that dies while
 * starting leaves neither.
 *
 * @throws {LanyardError} `io` if the folder cannot be used or the file is damaged.
 */
export async function openIdentity(folder: string): Promise<Identity> {
  const file = join(folder, fileName);
  const text = await readOrMake(folder, fileName, async () => {
    const { certificate, key } = await makeCertificate();
    return `${certificate}\n${key}\n`;
  });
  try {
    const certificate = section(text, "CERTIFICATE");
    const key = section(text, "PRIVATE KEY");
    const found = identity(certificate, key, createPrivateKey(key));
    const probe = new Uint8Array(1);
    if (isSignedBy(certificate, probe, found.sign(probe))) return found;
    throw new SyntaxError("The key is not that of the certificate");
  } catch (cause) {
    throw new LanyardError(
      "io",
      `${file} is damaged; restore it, or remove it to become a new one to everybody else`,
      { cause },
    );
  }
}

/** An identity that lasts as long as this process. */
export async function temporaryIdentity(): Promise<Identity> {
  const { certificate, key } = await makeCertificate();
  return identity(certificate, key, createPrivateKey(key));
}

function identity(certificate: string, key: string, signer: KeyObject): Identity {
  return {
    id: certificateId(certificate),
    certificate,
    key,
    sign: (bytes) => sign("sha256", bytes, signer),
  };
}

function section(text: string, label: string): string {
  const [found] = new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text) ??
    [];
  if (found === undefined) throw new SyntaxError(`There is no ${label}`);
  return `${found}\n`;
}

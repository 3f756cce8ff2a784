import { encodeBase64 } from "@std/encoding";
import { certificateName } from "../shared/mod.ts";

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/**
 * Makes a P-256 key and a certificate that it signs itself. It is valid from 1970 to 9999, because
 * a machine without internet may have a clock that is years wrong, and it can sign no other one.
 * Takes some 100 ms, most of it to load the package, so it is loaded only here.
 */
export async function makeCertificate(): Promise<KeyPair> {
  await import("reflect-metadata"); // The package wants it loaded before itself.
  const {
    BasicConstraintsExtension,
    SubjectAlternativeNameExtension,
    X509CertificateGenerator,
  } = await import("@peculiar/x509");
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=Lanyard",
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date("1970-01-01T00:00:00Z"),
    notAfter: new Date("9999-12-31T23:59:59Z"),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new SubjectAlternativeNameExtension([{ type: "dns", value: certificateName }]),
    ],
  });
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  return { certificate: certificate.toString("pem"), key: toPem("PRIVATE KEY", key) };
}

function toPem(label: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join("\n");
}

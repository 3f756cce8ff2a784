import { Buffer } from "node:buffer";
import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto";
import { type Identity, temporaryIdentity } from "../../../net/mod.ts";
import { certificateId } from "../../../shared/mod.ts";

/** Somebody with a key, which is nowhere written down. */
export type Holder = Omit<Identity, "key">;

const SEQUENCE = 0x30;
const BIT_STRING = 0x03;

/**
 * Makes holders of keys for load, about a thousand a second. All certificates say the same as one that
 * was made in the usual way, except for the public key; each is signed with its own.
 */
export async function makeHolders(count: number): Promise<Holder[]> {
  const model = new X509Certificate((await temporaryIdentity()).certificate);
  const [body, algorithm] = childrenOf(model.raw);
  const modelKey = spki(model.publicKey);
  const place = body?.indexOf(modelKey) ?? -1;
  if (body === undefined || algorithm === undefined || place === -1) {
    throw new Error("The certificate is not made as expected");
  }
  const [before, behind] = [body.subarray(0, place), body.subarray(place + modelKey.length)];
  return Array.from({ length: count }, () => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const signer = (bytes: Uint8Array): Uint8Array => sign("sha256", bytes, privateKey);
    // Keys of one curve are equally long, so no length around them changes.
    const own = Buffer.concat([before, spki(publicKey), behind]);
    const signature = element(BIT_STRING, Buffer.of(0), signer(own));
    const certificate = new X509Certificate(element(SEQUENCE, own, algorithm, signature))
      .toString();
    return { id: certificateId(certificate), certificate, sign: signer };
  });
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

/** An element of DER. */
function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80
    ? [tag, length]
    : length < 0x100
    ? [tag, 0x81, length]
    : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

/** The elements in an element of DER, each with its own head. */
function childrenOf(der: Buffer): Buffer[] {
  const children: Buffer[] = [];
  for (let at = contentOf(der, 0).start; at < der.length;) {
    const { end } = contentOf(der, at);
    children.push(der.subarray(at, end));
    at = end;
  }
  return children;
}

/** Where the content of the element at `at` is. Certificates are shorter than 64 KiB. */
function contentOf(der: Buffer, at: number): { start: number; end: number } {
  const first = der.readUInt8(at + 1);
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  const start = at + 2 + lengthBytes;
  return { start, end: start + (lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes)) };
}

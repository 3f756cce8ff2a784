import { decodeHex, encodeHex } from "@std/encoding";
import { sha256, type SharedFile } from "../../shared/mod.ts";

const encoder = new TextEncoder();

/**
 * A digest of a set of announced files, kept up to date file by file: the exclusive or of their
 * hashes. The secret in each makes it a token that nobody else can guess, which is what lets the
 * tracker take a returning peer for the one that left.
 */
export class ListDigest {
  readonly #secret: string;
  readonly #sum = new Uint8Array(32);

  /** @param secret random hex that only this peer knows. */
  constructor(secret: string) {
    this.#secret = secret;
  }

  /** Puts a file in, or takes it out if it is in. */
  toggle({ path, size, modified, id }: SharedFile): void {
    const hash = sha256(encoder.encode(`${this.#secret}\n${size}\n${modified}\n${id}\n${path}`));
    for (const [at, byte] of hash.entries()) this.#sum[at] = (this.#sum[at] ?? 0) ^ byte;
  }

  /** The digest as 64 hex digits. */
  value(): string {
    const own = sha256(decodeHex(this.#secret));
    return encodeHex(sha256(new Uint8Array([...own, ...this.#sum])));
  }
}

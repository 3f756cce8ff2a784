import { createHash, timingSafeEqual } from "node:crypto";

/** Compares secrets in a time that tells nothing of how alike or how long they are. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

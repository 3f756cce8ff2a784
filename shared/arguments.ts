import { utf8Length } from "./fields.ts";
import { limits } from "./limits.ts";
import { hasControlCharacter } from "./share_path.ts";

/**
 * What people may write for a value, in both programs. What is wrong is a `RangeError` that says
 * what to give instead.
 */

/** Reads a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new RangeError(`Give a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Reads the name that others are shown. */
export function parseLabel(text: string): string {
  const isShort = text.trim() !== "" && utf8Length(text) <= limits.labelBytes;
  if (!isShort || hasControlCharacter(text)) {
    throw new RangeError(`Give a name of 1 to ${limits.labelBytes} printable bytes.`);
  }
  return text;
}

import { hasControlCharacter, limits, utf8Length } from "../shared/mod.ts";

/**
 * What people may write for a value, on the command line, in the environment and in settings. What
 * is wrong is a `RangeError` that says what to give instead.
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

const sizeUnits: Record<string, number> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Reads a number of bytes: `20MB` (10^6), `20MiB` (2^20) or plain bytes. */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = unit === undefined ? undefined : sizeUnits[unit.toLowerCase()];
  const bytes = Math.round(Number(digits) * (factor ?? NaN));
  if (!Number.isSafeInteger(bytes)) {
    throw new RangeError("Give bytes, or a number with kB, MB, GB, KiB, MiB or GiB.");
  }
  return bytes;
}

/** Reads a rate in bytes a second, in the units of a size; less than 1 kB is taken for a mistake. */
export function parseRate(text: string): number {
  const rate = parseSize(text.replace(/\/s$/, ""));
  if (rate < 1000) throw new RangeError("Give at least 1 kB a second.");
  return rate;
}

/** Reads the name that others are shown. */
export function parseLabel(text: string): string {
  const isShort = text.trim() !== "" && utf8Length(text) <= limits.labelBytes;
  if (!isShort || hasControlCharacter(text)) {
    throw new RangeError(`Give a name of 1 to ${limits.labelBytes} printable bytes.`);
  }
  return text;
}

/** Reads one of some words. */
export function oneOf<W extends string>(words: readonly W[]): (text: string) => W {
  return (text) => {
    const word = words.find((one) => one === text);
    if (word === undefined) {
      throw new RangeError(`Give ${words.slice(0, -1).join(", ")} or ${words.at(-1)}.`);
    }
    return word;
  };
}

/**
 * What people may write for a value, on the command line, in the environment and in settings, beside
 * what `shared/arguments.ts` reads. What is wrong is a `RangeError` that says what to give instead.
 */

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

import { syntaxError } from "./errors.ts";

/** One typed place in a message: parses what JSON gave into a value of type `T`, or throws. */
export interface Field<T> {
  /** Whether the key may be missing. */
  readonly optional: boolean;
  /** @throws {LanyardError} `syntax`, naming `at`, if `value` is not a `T`. */
  parse(value: unknown, at: string): T;
}

/** A field whose key may be missing. */
export interface OptionalField<T> extends Field<T> {
  readonly optional: true;
}

type Shape = Record<string, Field<unknown>>;
type OptionalKeys<S extends Shape> = {
  [K in keyof S]: S[K] extends OptionalField<unknown> ? K : never;
}[keyof S];
type Parsed<F> = F extends Field<infer T> ? T : never;

/** The value that an object of fields parses to. */
export type ObjectOf<S extends Shape> =
  & { [K in Exclude<keyof S, OptionalKeys<S>>]: Parsed<S[K]> }
  & { [K in OptionalKeys<S>]?: Parsed<S[K]> };

/** Makes a required field from its parse function. */
export function field<T>(parse: (value: unknown, at: string) => T): Field<T> {
  return { optional: false, parse };
}

/** The same field, but its key may be missing. */
export function optional<T>(inner: Field<T>): OptionalField<T> {
  return { optional: true, parse: (value, at) => inner.parse(value, at) };
}

/** An object with these fields. Keys that are not named are ignored: later versions add some. */
export function object<S extends Shape>(shape: S): Field<ObjectOf<S>> {
  const fields = Object.entries(shape);
  return field((value, at) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw syntaxError(`"${at}" is not an object`);
    }
    const given = value as Record<string, unknown>;
    const parsed: Record<string, unknown> = {};
    for (const [key, inner] of fields) {
      if (Object.hasOwn(given, key)) parsed[key] = inner.parse(given[key], key);
      else if (!inner.optional) throw syntaxError(`"${key}" is missing in "${at}"`);
    }
    return parsed as ObjectOf<S>;
  });
}

/** A list of at most `most` values. */
export function array<T>(inner: Field<T>, most = Infinity): Field<T[]> {
  return field((value, at) => {
    if (!Array.isArray(value)) throw syntaxError(`"${at}" is not a list`);
    if (value.length > most) throw syntaxError(`"${at}" has more than ${most} entries`);
    return value.map((entry) => inner.parse(entry, at));
  });
}

/** Text of at most `mostBytes` bytes in UTF-8. */
export function text(mostBytes: number): Field<string> {
  return field((value, at) => {
    if (typeof value !== "string") throw syntaxError(`"${at}" is not a string`);
    if (utf8Length(value) > mostBytes) {
      throw syntaxError(`"${at}" is longer than ${mostBytes} bytes`);
    }
    return value;
  });
}

/** Text that matches `pattern`; `what` names it in the error. */
export function matching(pattern: RegExp, what: string): Field<string> {
  return field((value, at) => {
    if (typeof value !== "string" || !pattern.test(value)) {
      throw syntaxError(`"${at}" is not ${what}`);
    }
    return value;
  });
}

/** A whole number from `least` to `most`. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Field<number> {
  return field((value, at) => {
    if (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > most) {
      throw syntaxError(`"${at}" is not a whole number from ${least} to ${most}`);
    }
    return Number(value) + 0; // JSON has a negative zero, sizes have not.
  });
}

/** `true` or `false`. */
export const boolean: Field<boolean> = field((value, at) => {
  if (typeof value !== "boolean") throw syntaxError(`"${at}" is not true or false`);
  return value;
});

/** One of these words. */
export function oneOf<const W extends string>(...words: W[]): Field<W> {
  return field((value, at) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw syntaxError(`"${at}" is not one of: ${words.join(", ")}`);
    return found;
  });
}

const beyondAscii = /[\u0080-\uffff]/;

/** Bytes that `text` takes in UTF-8, where half of a surrogate pair becomes U+FFFD. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  if (!beyondAscii.test(text)) return bytes;
  // Counted by hand: of a million paths a TextEncoder takes seconds.
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    if ((unit & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at++;
  }
  return bytes;
}

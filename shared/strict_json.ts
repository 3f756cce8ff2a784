import { syntaxError } from "./errors.ts";
import { limits } from "./limits.ts";

const QUOTE = 0x22, COMMA = 0x2c, BACKSLASH = 0x5c;
const ARRAY = 0x5b, ARRAY_END = 0x5d, OBJECT = 0x7b, OBJECT_END = 0x7d;

/**
 * Parses JSON that two readers cannot understand differently: no duplicate keys, no lone
 * surrogates, at most `limits.jsonDepth` enclosing containers (I-JSON, RFC 7493, sections 2.1, 2.3).
 *
 * @throws {LanyardError} `syntax` if the text is anything else.
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw syntaxError("The line does not hold a valid JSON object");
  }
  checkStructure(text);
  // Raw surrogates cannot survive UTF-8 decoding, so only an escape can smuggle one in.
  if (text.includes("\\u")) checkWellFormed(value);
  return value;
}

/** Walks text that is known to be valid JSON, so that a string followed by a colon is a key. */
function checkStructure(text: string): void {
  const open: (Set<string> | null)[] = [];
  let keys: Set<string> | null = null;
  let atKey = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE: {
        const end = closingQuote(text, i + 1);
        if (atKey && keys !== null) addKey(keys, text.slice(i, end + 1));
        atKey = false;
        i = end;
        break;
      }
      case OBJECT:
      case ARRAY:
        if (open.length > limits.jsonDepth) throw syntaxError("JSON is nested too deeply");
        atKey = text.charCodeAt(i) === OBJECT;
        keys = atKey ? new Set() : null;
        open.push(keys);
        break;
      case OBJECT_END:
      case ARRAY_END:
        open.pop();
        keys = open.at(-1) ?? null;
        atKey = false;
        break;
      case COMMA:
        atKey = keys !== null;
        break;
    }
  }
}

function closingQuote(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
  return slashes % 2 === 1;
}

function addKey(keys: Set<string>, quoted: string): void {
  const key = quoted.includes("\\") ? JSON.parse(quoted) as string : quoted.slice(1, -1);
  if (keys.has(key)) throw syntaxError("JSON object has a key twice");
  keys.add(key);
}

function checkWellFormed(value: unknown): void {
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw syntaxError("JSON string has half of a surrogate pair");
  } else if (Array.isArray(value)) {
    value.forEach(checkWellFormed);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      checkWellFormed(key);
      checkWellFormed(inner);
    }
  }
}

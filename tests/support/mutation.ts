import { concat } from "@std/bytes";
import { badPaths, badSizes } from "./bad_input.ts";
import type { Dice } from "./dice.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const LF = encoder.encode("\n");
/** Bytes that mean something to a reader of lines, JSON or text. */
const special = [0x00, 0x0a, 0x0d, 0x16, 0x20, 0x22, 0x2c, 0x3a, 0x5c, 0x7b, 0x7d, 0x80, 0xff];
/** Lengths around the limits of lines, search texts, labels and paths. */
const lengths = [0, 1, 64, 65, 255, 256, 1024, 1025, 4096, 4097, 65_535, 65_536, 65_537, 500_000];

/** A number, a word or a list, behind its key. */
const anyValue = /(?<=:)(?:-?\d+|"[^"]*"|\[[^\]]*\])/g;

/** Makes one of some lines into something else. */
type Mutation = (lines: Uint8Array[], at: number, dice: Dice) => void;

const mutations: [Mutation, ...Mutation[]] = [
  /* A byte has another value. */
  (lines, at, dice) => {
    const line = lines[at]?.slice() ?? LF;
    line[dice.below(line.length)] = dice.once(2)
      ? dice.below(256)
      : special[dice.below(special.length)] ?? 0;
    lines[at] = line;
  },
  /* Its end is missing, or its beginning, or something in between. */
  (lines, at, dice) => {
    const line = lines[at] ?? LF;
    const [from, to] = [dice.below(line.length + 1), dice.below(line.length + 1)];
    lines[at] = concat([line.subarray(0, from), line.subarray(to)]);
  },
  /* It comes twice, or many times. */
  (lines, at, dice) => {
    const line = lines[at] ?? LF;
    lines.splice(at, 0, ...Array.from({ length: dice.pick([1, 1, 2, 50]) }, () => line));
  },
  /* It is missing. */
  (lines, at) => void lines.splice(at, 1),
  /* It comes at another time. */
  (lines, at, dice) => {
    const [line = LF] = lines.splice(at, 1);
    lines.splice(dice.below(lines.length + 1), 0, line);
  },
  /* Something is in it that is no text. */
  (lines, at, dice) => {
    const line = lines[at] ?? LF;
    const where = dice.below(line.length + 1);
    const binary = dice.bytes(1 + dice.below(dice.pick([4, 40, 2000])));
    lines[at] = concat([line.subarray(0, where), binary, line.subarray(where)]);
  },
  /* A value is one that nobody should like. */
  (lines, at, dice) => {
    const values = [...badSizes, ...badPaths.map((path) => JSON.stringify(path))];
    lines[at] = replaceOne(lines[at] ?? LF, anyValue, values, dice);
  },
  /* A word is as long as it may be, or longer. */
  (lines, at, dice) => {
    const long = JSON.stringify("x".repeat(lengths[dice.below(lengths.length)] ?? 0));
    lines[at] = replaceOne(lines[at] ?? LF, /"[^"]*"/g, [long], dice);
  },
  /* Something is nested in itself. */
  (lines, at, dice) => {
    const depth = 1 + dice.below(dice.pick([6, 20_000]));
    const nested = dice.once(2)
      ? `${"[".repeat(depth)}${"]".repeat(depth)}`
      : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    lines[at] = replaceOne(lines[at] ?? LF, anyValue, [nested], dice);
  },
  /* A key, or the verb, is that of another message. */
  (lines, at, dice) => {
    const other = decoder.decode(lines[dice.below(lines.length)]).match(/"\w+"|^[A-Z ]+/g) ?? ["x"];
    lines[at] = replaceOne(lines[at] ?? LF, /"\w+"(?=:)|^[A-Z ]+/g, other, dice);
  },
  /* Its end is another one. */
  (lines, at, dice) => {
    const line = lines[at] ?? LF;
    const end = dice.pick(["", "\r\n", "\r", "\n\n", "\0\n", " \n"]);
    lines[at] = concat([line.subarray(0, line.length - 1), encoder.encode(end)]);
  },
];

function replaceOne(
  line: Uint8Array,
  what: RegExp,
  values: readonly string[],
  dice: Dice,
): Uint8Array {
  const text = decoder.decode(line);
  const places = [...text.matchAll(what)];
  const place = places[dice.below(places.length)];
  if (place === undefined) return line;
  const value = values[dice.below(values.length)] ?? "";
  const end = place.index + place[0].length;
  return encoder.encode(text.slice(0, place.index) + value + text.slice(end));
}

/** Some lines with a few things wrong; now and then with none. */
export function mutate(lines: readonly string[], dice: Dice): Uint8Array {
  const changed = lines.map((line) => encoder.encode(`${line}\n`));
  for (let left = dice.below(6); left > 0; left--) {
    if (changed.length === 0) break;
    dice.pick(mutations)(changed, dice.below(changed.length), dice);
  }
  return concat(changed);
}

/** Cuts bytes at a few places, or between all of them if they are few. */
export function cut(bytes: Uint8Array, dice: Dice): Uint8Array[] {
  if (bytes.length < 200 && dice.once(10)) return Array.from(bytes, (byte) => Uint8Array.of(byte));
  const cuts = Array.from({ length: dice.below(5) }, () => dice.below(bytes.length + 1));
  const ends = [...cuts, bytes.length].sort((a, b) => a - b);
  return ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
}

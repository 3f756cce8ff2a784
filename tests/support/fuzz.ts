/** Conversations gone wrong: what is right, changed at random, always the same for the same seed. */

/** Random numbers in [0, 1) from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const encoder = new TextEncoder();
/** Values that programs have stumbled over. */
const nasty = [
  "-1",
  "0",
  "9007199254740993",
  "1e9",
  "null",
  "true",
  "[]",
  "{}",
  '""',
  '"\\ud800"',
  '"../x"',
  `"${"a".repeat(5000)}"`,
  "[".repeat(200),
  "1.5",
];

/** Makes chunks to send out of the lines of a conversation, mostly broken ones. */
export class Mutator {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** @param lines without their ends */
  chunks(lines: readonly string[]): Uint8Array[] {
    const changed = [...lines];
    for (let changes = this.#below(4); changes > 0; changes--) this.#changeLines(changed);
    const end = this.#pick(["\n", "\n", "\n", "\r\n", "", "\r"]);
    let bytes = encoder.encode(changed.map((line) => line + end).join(""));
    for (let changes = this.#below(3); changes > 0; changes--) bytes = this.#changeBytes(bytes);
    return this.#split(bytes);
  }

  /** A whole number from 0 to `most` - 1. */
  #below(most: number): number {
    return Math.floor(this.#random() * most);
  }

  #pick<T>(from: readonly T[]): T {
    const picked = from[this.#below(from.length)];
    if (picked === undefined) throw new RangeError("There is nothing to pick from");
    return picked;
  }

  #changeLines(lines: string[]): void {
    const at = this.#below(lines.length);
    const line = lines[at] ?? "";
    switch (this.#below(7)) {
      case 0:
        lines.splice(at, 1);
        if (lines.length === 0) lines.push("");
        return;
      case 1:
        return void lines.splice(this.#below(lines.length), 0, line);
      case 2:
        return void lines.splice(at, 0, ...Array<string>(this.#below(100)).fill(line));
      case 3:
        lines[at] = line.slice(0, this.#below(line.length + 1));
        return;
      case 4:
        lines[at] = line.replace(/:("[^"]*"|[\w.]+)/, () => `:${this.#pick(nasty)}`);
        return;
      case 5:
        lines[at] = line.replace(/^\w*/, () => this.#pick(["", "FROB", "hello", "ERROR", "HI"]));
        return;
      case 6:
        lines[at] = line + "x".repeat(this.#pick([1, 1000, 70_000]));
        return;
    }
  }

  #changeBytes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const at = this.#below(bytes.length + 1);
    switch (this.#below(4)) {
      case 0: {
        const flipped = bytes.slice();
        for (let flips = this.#below(8); flips > 0; flips--) {
          flipped[this.#below(flipped.length)] = this.#below(256);
        }
        return flipped;
      }
      case 1:
        return bytes.slice(0, at);
      case 2:
        return bytes.slice(at);
      default: {
        const noise = Uint8Array.from({ length: this.#below(300) }, () => this.#below(256));
        return Uint8Array.from([...bytes.subarray(0, at), ...noise, ...bytes.subarray(at)]);
      }
    }
  }

  #split(bytes: Uint8Array): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    for (let rest = bytes; rest.length > 0;) {
      const length = this.#random() < 0.1 ? 1 + this.#below(3) : 1 + this.#below(rest.length);
      chunks.push(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    return chunks;
  }
}

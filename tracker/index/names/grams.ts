/**
 * Characters of the longest grams. With three, lists take twice the room and the time to fill; with
 * two, more names have all that a text has without the text, and have to be looked at.
 */
export const longestGram = 2;
/** Grams that are asked for: more of them find hardly less, but later. */
const mostAsked = 12;

/** Stands before a name: no name has a control character. */
const start = "\u0001";
/** Stands behind a name. */
const end = "\u0002";

/** The text that the names have, and no others, that are a text. */
export function wholeName(text: string): string {
  return `${start}${text}${end}`;
}

/** The text that the names have, and no others, that begin with a text. */
export function nameStart(text: string): string {
  return `${start}${text}`;
}

/**
 * Shows the keys of all texts of one and two characters (UTF-16) in a text, in the order in which
 * they stand there, some more than once. A key is a signed number of 32 bits, for which
 * V8 needs no memory, and not 0.
 */
export function eachGram(text: string, see: (key: number) => void): void {
  let before = -1;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    see(keyOf(0, character));
    if (before >= 0) see(keyOf(before + 1, character));
    before = character;
  }
}

/**
 * The keys by which names with all of some words are found: of the longest grams, from everywhere
 * in the words. Other names may have them all, too. Where they stand in a name is not asked: in
 * names that repeat themselves that would take long.
 */
export function gramsOf(words: readonly string[]): number[] {
  const asked = words.toSorted((a, b) => b.length - a.length).slice(0, mostAsked);
  const ofEach = Math.floor(mostAsked / Math.max(1, asked.length));
  const keys = new Set<number>();
  for (const word of asked) {
    const length = Math.min(longestGram, word.length);
    const last = word.length - length;
    const count = Math.min(ofEach, last + 1);
    for (let n = 0; n < count; n++) {
      const at = Math.round(n * last / Math.max(1, count - 1));
      keys.add(wholeKey(word.slice(at, at + length)));
    }
  }
  return [...keys];
}

/** The key of a gram. */
function wholeKey(gram: string): number {
  let key = 0;
  eachGram(gram, (found) => key = found); // The longest one comes last.
  return key;
}

/** Random, so that nobody can make up names whose keys are in each other's way. */
const [seed = 0, secondSeed = 0] = crypto.getRandomValues(new Uint32Array(2));

/** Spreads the bits, as the finalizer of MurmurHash3 does. @param before 0 if there is none */
function keyOf(before: number, character: number): number {
  let key = (before << 16) ^ character ^ (before >>> 16) ^ seed;
  key = Math.imul(key ^ (key >>> 16), 0x85eb_ca6b) + secondSeed;
  key = Math.imul(key ^ (key >>> 13), 0xc2b2_ae35);
  return (key ^ (key >>> 16)) || 1;
}

/** Random, so that nobody can make up things whose hashes are the same. */
const [seed = 0, secondSeed = 0] = crypto.getRandomValues(new Uint32Array(2));

/**
 * A signed hash of 32 bits that others cannot foresee: HalfSipHash-1-3 (Aumasson and Bernstein,
 * https://github.com/veorq/SipHash), as Linux has it for its hash tables.
 *
 * @param count how many of the words it is of
 */
export function keyedHash(words: Uint32Array, count: number): number {
  let a = seed;
  let b = secondSeed;
  let c = seed ^ 0x6c79_6765;
  let d = secondSeed ^ 0x7465_6462;
  // Behind the words stands how many there are, and then come three rounds more.
  for (let at = 0; at < count + 4; at++) {
    const word = at < count ? words[at] ?? 0 : at === count ? count << 26 : 0;
    if (at === count + 1) c ^= 0xff;
    d ^= word;
    a = (a + b) | 0;
    b = ((b << 5) | (b >>> 27)) ^ a;
    a = (a << 16) | (a >>> 16);
    c = (c + d) | 0;
    d = ((d << 8) | (d >>> 24)) ^ c;
    a = (a + d) | 0;
    d = ((d << 7) | (d >>> 25)) ^ a;
    c = (c + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ c;
    c = (c << 16) | (c >>> 16);
    a ^= word;
  }
  return b ^ d;
}

/** Words that stand for an id: 44 of its 256 bits, to be compared by voice and not by programs. */
const words = 4;
/** Bits of a word: the list has 2,048. */
const bits = 11;

/**
 * The four words of an id, from the list of BIP 39: common English words that differ in their
 * first four letters.
 *
 * @param id 64 hex digits
 */
export async function idWords(id: string): Promise<string> {
  const { wordlist } = await import("@scure/bip39/english");
  const first = BigInt(`0x${id.slice(0, 16)}`) >> BigInt(64 - words * bits);
  return Array.from({ length: words }, (_, at) => {
    const index = (first >> BigInt((words - 1 - at) * bits)) & BigInt(2 ** bits - 1);
    return wordlist[Number(index)];
  }).join(" ");
}

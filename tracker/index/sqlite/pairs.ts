/** Stands behind the last character, so that each one begins a pair. */
const end = "\u0001";
/** Where characters are moved that a tokenizer would take for the end of a token. */
const moved = 0x100;
const lastAscii = 0x7f;

/**
 * All pairs of neighbouring characters of a name, as tokens. Some pairs look alike: what is found by
 * them has to be looked at.
 */
export function pairsOf(folded: string): string {
  let tokens = "";
  let before = "";
  for (const character of `${folded}${end}`) {
    const spelled = spell(character);
    if (before !== "") tokens += `${before}${spelled} `;
    before = spelled;
  }
  return tokens;
}

/** The query that finds the names with a text of one or two characters, and some others. */
export function pairQuery(text: string): string {
  const spelled = Array.from(text, spell);
  return spelled.length === 1 ? `"${spelled[0]}" *` : `"${spelled.join("")}"`;
}

function spell(character: string): string {
  const code = character.charCodeAt(0);
  return code > lastAscii ? character : String.fromCharCode(moved + code);
}

/** One token of a TypeScript source, as far as looking for imports needs to know it. */
export interface Token {
  /** `text`: a string or template literal without `${…}`; its quotes are gone. */
  kind: "word" | "text" | "mark";
  value: string;
  /** 1 for the first line. */
  line: number;
}

/** Words after which `/` begins a regular expression and does not divide. */
const beforeRegExp: ReadonlySet<string> = new Set(
  ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "await", "yield", "else"],
);

const patterns = {
  space: /\s+/y,
  comment: /\/\/[^\n]*|\/\*[^]*?\*\//y,
  text: /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y,
  regExp: /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y,
  word: /[\p{ID_Start}$_#][\p{ID_Continue}$]*/uy,
  number: /\d[\w.]*/y,
  template: /(?:[^`\\$]|\\[^]|\$(?!\{))*/y,
};

/**
 * Cuts a TypeScript source into words, literals and marks. Comments, numbers and regular
 * expressions are left out, and so is the text of templates around `${…}`.
 */
export function tokens(source: string): Token[] {
  const found: Token[] = [];
  /** Braces that are open in each template around this place. */
  const templates: number[] = [];
  let at = 0;
  let line = 1;

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const [value] = pattern.exec(source) ?? [];
    if (value === undefined) return undefined;
    at += value.length;
    return value;
  }

  function passed(value: string): void {
    line += value.split("\n").length - 1;
  }

  function template(): void {
    const value = take(patterns.template) ?? "";
    const whole = source[at] === "`";
    if (whole) found.push({ kind: "text", value, line });
    passed(value);
    at += whole ? 1 : 2;
    if (!whole) templates.push(0);
  }

  while (at < source.length) {
    const skipped = take(patterns.space) ?? take(patterns.comment);
    if (skipped !== undefined) {
      passed(skipped);
      continue;
    }
    const text = take(patterns.text);
    if (text !== undefined) {
      found.push({ kind: "text", value: text.slice(1, -1), line });
      passed(text);
      continue;
    }
    const word = take(patterns.word);
    if (word !== undefined) {
      found.push({ kind: "word", value: word, line });
      continue;
    }
    if (take(patterns.number) !== undefined) continue;
    if (source[at] === "/" && regExpMayBegin(found.at(-1)) && take(patterns.regExp) !== undefined) {
      continue;
    }
    const mark = source[at++] ?? "";
    const braces = templates.at(-1);
    if (mark === "`") template();
    else if (mark === "}" && braces === 0) {
      templates.pop();
      template();
    } else {
      if (braces !== undefined && mark === "{") templates[templates.length - 1] = braces + 1;
      if (braces !== undefined && mark === "}") templates[templates.length - 1] = braces - 1;
      found.push({ kind: "mark", value: mark, line });
    }
  }
  return found;
}

function regExpMayBegin(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "word") return beforeRegExp.has(before.value);
  return before.kind === "mark" && !")]}".includes(before.value);
}

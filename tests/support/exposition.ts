/** What Prometheus would read: its text format, version 0.0.4, and nothing that is not in it. */
export interface Exposition {
  /** The type of each family. */
  types: Map<string, string>;
  /** Each value, by name and labels as they are written, such as `a_total{verb="PING"}`. */
  values: Map<string, number>;
}

const name = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const number = "[+-]?Inf|NaN|[+-]?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?";
const help = new RegExp(`^# HELP (${name}) (?:[^\\\\]|\\\\[\\\\n])*$`);
const type = new RegExp(`^# TYPE (${name}) (counter|gauge|histogram)$`);
const sample = new RegExp(`^((${name})(?:\\{${label}(?:,${label})*\\})?) (${number})$`);
/** What a histogram adds to its name. */
const suffix = /_(?:bucket|sum|count)$/;

/** @throws {SyntaxError} naming the line that does not belong there. */
export function parseExposition(text: string): Exposition {
  if (text !== "" && !text.endsWith("\n")) throw new SyntaxError("The last line does not end");
  const [types, values] = [new Map<string, string>(), new Map<string, number>()];
  let family = "";
  for (const line of text.split("\n").slice(0, -1)) {
    const [, helped] = help.exec(line) ?? [];
    const [, typed, kind = ""] = type.exec(line) ?? [];
    const [, key, of = "", value = ""] = sample.exec(line) ?? [];
    if (helped !== undefined && !types.has(helped)) family = helped;
    else if (typed === family && !types.has(family)) types.set(family, kind);
    else if (key !== undefined && !values.has(key) && belongs(of, family, types.get(family))) {
      values.set(key, Number(value.replace("Inf", "Infinity")));
    } else throw new SyntaxError(`Not expected: ${line}`);
  }
  return { types, values };
}

function belongs(name: string, family: string, kind: string | undefined): boolean {
  if (kind === undefined) return false;
  return kind === "histogram"
    ? suffix.test(name) && name.replace(suffix, "") === family
    : name === family;
}

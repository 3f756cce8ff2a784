import { LanyardError, syntaxError } from "../errors.ts";
import { limits } from "../limits.ts";
import { parseStrictJson } from "../strict_json.ts";
import type { MessageOf, MessageTable } from "./table.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
/** The verb of the one message that travels without an object. */
const twoWordVerb = "NOT FOUND";

/**
 * Decodes one line, without its LF, into a message of `table`.
 *
 * @throws {LanyardError} `syntax` (fatal) if the line breaks the grammar or a type, `unsupported`
 * if it is well formed but its verb is not in the table.
 */
export function decodeMessage<T extends MessageTable>(table: T, line: Uint8Array): MessageOf<T> {
  const text = decodeText(line);
  const [, verb, body] = /^(NOT FOUND|[A-Z]+)(?: (\{.*\}))?$/s.exec(text) ?? [];
  if (verb === undefined) throw syntaxError("The line is not a verb, a space and a JSON object");
  const value = body === undefined ? {} : parseStrictJson(body);
  const field = Object.hasOwn(table, verb) ? table[verb] : undefined;
  if (field === undefined) {
    // A verb may fill its line; repeated whole, the answer would not fit one.
    throw new LanyardError("unsupported", `There is no request "${verb.slice(0, 20)}" here`);
  }
  return { verb, ...field.parse(value, verb) } as MessageOf<T>;
}

/**
 * Encodes a message as one line with its LF.
 *
 * @throws {RangeError} if the line would be longer than the limit: what is sent is cut into pages
 * before it gets here.
 */
export function encodeMessage(message: { verb: string }): Uint8Array<ArrayBuffer> {
  const { verb, ...body } = message;
  const text = verb === twoWordVerb ? `${verb}\n` : `${verb} ${JSON.stringify(body)}\n`;
  const line = encoder.encode(text);
  if (line.length > limits.lineBytes) {
    throw new RangeError(`Cannot send ${verb}: ${line.length} bytes are more than a line may have`);
  }
  return line;
}

/**
 * The text of a line without its CR.
 *
 * @throws {LanyardError} `syntax` if it is not UTF-8.
 */
export function decodeText(line: Uint8Array): string {
  try {
    return utf8.decode(line.at(-1) === 0x0d ? line.subarray(0, -1) : line);
  } catch {
    throw syntaxError("The line is not valid UTF-8");
  }
}

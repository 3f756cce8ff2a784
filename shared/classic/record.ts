import { syntaxError } from "../errors.ts";
import { fileType } from "../messages/values.ts";
import { hasControlCharacter, sharePathFault, typeOf } from "../share_path.ts";
import { formatClassicDate, parseClassicDate } from "./date.ts";

/** A file as the classic dialect writes it (seed 003). */
export interface ClassicRecord {
  name: string;
  type: string;
  /** Bytes. */
  size: number;
  /** Unix time in ms; missing where the date cannot be read. */
  modified?: number;
  address: string;
  port: number;
}

/** Characters that end or divide records: a name that has one cannot be written in this dialect. */
const divider = /[<>|]/;

/** Tells whether a name survives being written into a record and read again. */
export function fitsClassicRecord(name: string): boolean {
  return !divider.test(name) && name.trim() === name && nameFault(name) === undefined;
}

/** Tells whether a type survives it too: unlike the name it is one of the fields without comma. */
function fitsTypeField(type: string): boolean {
  return !/[<>|,]/.test(type) && type.trim() === type && !hasControlCharacter(type);
}

function nameFault(name: string): string | undefined {
  return sharePathFault(name) ?? (name.includes("/") ? 'it has a "/"' : undefined);
}

/**
 * Writes `<name, type, size, DD/MM/YY, address, port>`. A type that would forge a field is left
 * out: the reader takes the name's extension then.
 */
export function formatClassicRecord(record: ClassicRecord): string {
  const { name, type, size, modified, address, port } = record;
  const date = modified === undefined ? "" : formatClassicDate(modified);
  const safeType = fitsTypeField(type) ? type : "";
  return `<${[name, safeType, size, date, address, port].join(", ")}>`;
}

/**
 * Reads the records of one line: `<…>`, several of them joined by `|` or nothing. The last five
 * fields never have a comma, so the name may.
 *
 * @throws {LanyardError} `syntax` if the line is anything else.
 */
export function parseClassicRecords(line: string): ClassicRecord[] {
  const text = line.trim();
  if (!/^<[^<>]*>(?:[|\s]*<[^<>]*>)*$/.test(text)) {
    throw syntaxError("Expected <name, type, size, DD/MM/YY, address, port>");
  }
  return text.slice(1, -1).split(/>[|\s]*</).map(parseFields);
}

const sixFields = /^(.*),([^,]*),([^,]*),([^,]*),([^,]*),([^,]*)$/s;

function parseFields(inner: string): ClassicRecord {
  const [, name, type, size, date, address, port] =
    sixFields.exec(inner)?.map((part) => part.trim()) ?? [];
  if (
    name === undefined || type === undefined || size === undefined || date === undefined ||
    address === undefined || port === undefined
  ) throw syntaxError("A record has fewer than six fields");
  const fault = nameFault(name);
  if (fault !== undefined) throw syntaxError(`A record's name is not acceptable: ${fault}`);
  const modified = parseClassicDate(date);
  return {
    name,
    type: fileType.parse(type.toLowerCase(), "type") || typeOf(name),
    size: parseNumber(size, Number.MAX_SAFE_INTEGER, "size"),
    ...(modified === undefined ? {} : { modified }),
    address,
    port: parseNumber(port, 65_535, "port"),
  };
}

/** ASCII digits without sign or leading zeros: `-1`, `1e9`, `٣` and `007` are refused. */
export function parseNumber(text: string, most: number, what: string): number {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text) || Number(text) > most) {
    throw syntaxError(`A ${what} is not a whole number from 0 to ${most}`);
  }
  return Number(text);
}

import { LanyardError, protocolVersion, trackerNotice, utf8Length } from "../../shared/mod.ts";
import type { TrackerNotice } from "./tracker_notice.ts";

/** The kind of service that trackers are (RFC 6763): `_lanyard._tcp`. */
export const serviceType = "lanyard";

/** Digits of the id that keep trackers of one name apart: two of 65,536 are hardly the same. */
const digits = 8;
/** Bytes of the name that fit a label of the DNS, which has 63, with the digits behind it. */
const nameBytes = 50;

/** The name under which a tracker is listed: its own, and the first digits of its id. */
export function instanceName({ name, id }: TrackerNotice): string {
  let shown = "";
  for (const character of name) {
    if (utf8Length(shown + character) > nameBytes) break;
    shown += character;
  }
  return `${shown} (${id.slice(0, digits)})`;
}

/** The name of a tracker's machine in records: its own is nobody's business. */
export function hostName({ id }: TrackerNotice): string {
  return `lanyard-${id.slice(0, digits)}.local`;
}

/** The TXT record of a tracker. */
export function toTxt({ name, id, port, tlsPort }: TrackerNotice): Record<string, string> {
  return {
    txtvers: "1",
    version: String(protocolVersion),
    name,
    id,
    ...(port === undefined ? {} : { port: String(port) }),
    ...(tlsPort === undefined ? {} : { "tls-port": String(tlsPort) }),
  };
}

/** What a TXT record says of a tracker; nothing if it is none, or listens nowhere. */
export function fromTxt(txt: Readonly<Record<string, unknown>>): TrackerNotice | undefined {
  const { name, id } = txt;
  const port = toPort(txt["port"]);
  const tlsPort = toPort(txt["tls-port"]);
  if (port === undefined && tlsPort === undefined) return undefined;
  try {
    return trackerNotice.parse({
      name,
      id,
      ...(port === undefined ? {} : { port }),
      ...(tlsPort === undefined ? {} : { tlsPort }),
    }, "TXT");
  } catch (error) {
    if (error instanceof LanyardError) return undefined;
    throw error;
  }
}

/** A port is written one way: no sign, no leading zero. */
function toPort(value: unknown): number | undefined {
  return typeof value === "string" && /^[1-9]\d{0,4}$/.test(value) ? Number(value) : undefined;
}

import { nameOf, printable, type TrackerPush } from "../../shared/mod.ts";
import { formatBytes } from "../output.ts";

/** What the tracker says somebody offers. */
export type OfferedPush = Extract<TrackerPush, { verb: "OFFERED" }>;

/** An offer as programs get it. */
export function offerEvent(
  { offer, from, name, file: { path, size, modified, id }, message }: OfferedPush,
): { event: "offered"; [key: string]: unknown } {
  return {
    event: "offered",
    offer,
    from,
    name: name ?? null,
    file: nameOf(path),
    size,
    modified,
    id,
    message,
  };
}

/** An offer as people read it who are doing something else. */
export function offerText(push: OfferedPush): string {
  return `${offerSummary(push)}; take it with: peer receive`;
}

/** An offer in short. */
export function offerSummary(push: OfferedPush): string {
  const { file: { path, size }, message } = push;
  const said = message === "" ? "" : `: "${printable(message)}"`;
  return `${makerOf(push)} offers ${printable(nameOf(path))} (${formatBytes(size)})${said}`;
}

/** Who makes an offer, for people. */
export function makerOf({ name, from }: OfferedPush): string {
  return name === undefined ? from.slice(0, 8) : printable(name);
}

/** The question that an offer is. */
export function offerQuestion(push: OfferedPush, destination: string): string {
  const { file: { path, size }, message } = push;
  const said = message === "" ? "" : `"${printable(message)}" `;
  return `${said}${printable(nameOf(path))} exists, ${formatBytes(size)}, from ${makerOf(push)}. ` +
    `It goes to ${printable(destination)}. Download? (Y/N) `;
}

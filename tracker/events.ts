import { type ErrorCode, formatEndpoint, printable } from "../shared/mod.ts";

/** Why a peer is gone. */
export const leaveReasons = [
  "bye",
  "lost",
  "idle",
  "stalled",
  "error",
  "unreachable",
  "expelled",
  "closing",
] as const;
export type LeaveReason = typeof leaveReasons[number];

/** What happens at a tracker. Search texts are nobody's business, so none is in here. */
export type TrackerEvent =
  | {
    event: "ready";
    port: number | null;
    tlsPort: number | null;
    httpPort: number | null;
    id: string;
  }
  | { event: "joined"; peer: string; name: string; address: string; port: number; known: boolean }
  | { event: "accepted"; peer: string; name: string; files: number }
  | { event: "left"; peer: string; name: string; reason: LeaveReason }
  | { event: "search"; peer: string; found: number; ms: number }
  | { event: "error"; code: ErrorCode; message: string; address: string };

/** An event as a line for people. */
export function describeEvent(event: TrackerEvent): string {
  switch (event.event) {
    case "ready":
      return `listening on ${describePorts(event.port, event.tlsPort)}`;
    case "joined": {
      const where = formatEndpoint(event.address, event.port);
      return `${printable(event.name)} ${event.known ? "is back" : "joined"} from ${where}`;
    }
    case "accepted":
      return `${printable(event.name)} is accepted, sharing ${event.files} files`;
    case "left":
      return `${printable(event.name)} left (${event.reason})`;
    case "search":
      return `a search found ${event.found} files in ${event.ms} ms`;
    case "error":
      return `error from ${event.address || "this tracker"}: ${printable(event.message)}`;
  }
}

function describePorts(port: number | null, tlsPort: number | null): string {
  const plain = port === null ? [] : [`port ${port}`];
  const encrypted = tlsPort === null ? [] : [`port ${tlsPort} with encryption`];
  return [...plain, ...encrypted].join(" and ");
}

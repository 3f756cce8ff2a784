import type { ErrorCode } from "./errors.ts";
import type { TrackerRequest } from "./messages/tracker_messages.ts";

/**
 * Where a connection to a tracker stands.
 * - `greeting`: nothing but HELLO was said yet.
 * - `unproven`: HI was said over TLS, and nothing may happen before PROVE.
 * - `receiver`: greeted, shares nothing: may announce, and be sent files, but not search.
 * - `member`: accepted: may use every service.
 */
export type TrackerPhase = "greeting" | "unproven" | "receiver" | "member";

type Verb = TrackerRequest["verb"];

const announcing = ["SHARE", "UNSHARE", "SHARED", "ANSWER", "PING", "BYE"] as const;
const services = ["SEARCH", "LIST", "SOURCES", "PEERS", "OFFER", "CALL"] as const;

/** The requests that are legal in each phase. */
export const legalRequests: Record<TrackerPhase, ReadonlySet<Verb>> = {
  greeting: new Set<Verb>(["HELLO"]),
  unproven: new Set<Verb>(["PROVE", "PING", "BYE"]),
  receiver: new Set<Verb>(announcing),
  member: new Set<Verb>([...announcing, ...services]),
};

/** Why a request is refused in a phase, or `undefined` if it is legal there. */
export function refusal(phase: TrackerPhase, verb: Verb): ErrorCode | undefined {
  if (legalRequests[phase].has(verb)) return undefined;
  return phase === "receiver" && legalRequests.member.has(verb) ? "nothing-shared" : "order";
}

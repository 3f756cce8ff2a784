import { isLoopback } from "../shared/mod.ts";
import type { Commons, Described } from "./index/mod.ts";
import type { Member } from "./roster.ts";

/** A session of another tracker that has its files in the same index: enough to reach its peer. */
export type Stranger = Pick<
  Member,
  "holder" | "peer" | "name" | "ends" | "port" | "reachable" | "accepted" | "inbox"
>;

/** What other trackers are told of a session of ours. */
export function describeMember(member: Member, { addresses }: Commons): Described {
  const { holder, peer, name, port, reachable, accepted, inbox } = member;
  const { remote, local, encrypted } = member.ends;
  // It runs on this machine, so others reach it where they reach us.
  const address = isLoopback(remote) ? addresses.ours : remote;
  const ends = { remote: address, local, encrypted };
  return { holder, peer, text: JSON.stringify({ name, ends, port, reachable, accepted, inbox }) };
}

/** The session that another tracker has described; nothing if it says what we do not understand. */
export function readStranger(
  { holder, peer, text }: Described,
  { addresses }: Commons,
): Stranger | undefined {
  const said = parse(text);
  if (said === undefined) return undefined;
  const { ends } = said;
  // Its tracker is on the machine of the database, as the database sees it.
  const remote = isLoopback(ends.remote) ? addresses.database : ends.remote;
  return { ...said, holder, peer, ends: { ...ends, remote } };
}

function parse(text: string): Omit<Stranger, "holder" | "peer"> | undefined {
  try {
    const said = JSON.parse(text);
    return typeof said.name === "string" && typeof said.port === "number" &&
        typeof said.ends?.remote === "string"
      ? said
      : undefined;
  } catch {
    return undefined; // A later version has written it.
  }
}

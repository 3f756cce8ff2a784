import type { Member } from "./roster.ts";

/** What is kept of a session so that its peer is known after a restart of the tracker. */
type Kept = Pick<Member, "peer" | "name" | "ends" | "port" | "accepted" | "digest">;

/** What is kept of a session whose list is complete, as text. */
export function writeNote({ peer, name, ends, port, accepted, digest }: Member): string {
  const { remote, local, encrypted } = ends;
  const kept = { peer, name, ends: { remote, local, encrypted }, port, accepted, digest };
  return JSON.stringify(kept);
}

/** The session that a note is about, as one whose connection was lost; nothing if it says none. */
export function readNote(note: string, holder: number): Member | undefined {
  const kept = parse(note);
  if (kept === undefined) return undefined;
  return {
    ...kept,
    holder,
    dialect: "version-2",
    reachable: false,
    offers: false,
    inbox: false,
    // Nobody is at the other end.
    push: () => {},
    replace: () => {},
  };
}

function parse(note: string): Kept | undefined {
  try {
    const kept = JSON.parse(note);
    return typeof kept.peer === "string" && typeof kept.digest === "string" &&
        typeof kept.ends?.remote === "string"
      ? kept
      : undefined;
  } catch {
    return undefined; // Whoever wrote it knows what it means; we do not.
  }
}

import { LanyardError } from "../../shared/mod.ts";

/** That a session would hold more files than it may. */
export function tooManyOfPeer(most: number): LanyardError {
  return new LanyardError("too-many", `A peer may share at most ${most} files here`);
}

/** That all sessions together would hold more than the index may. */
export function noRoom(): LanyardError {
  return new LanyardError("too-many", "This tracker has no room for more files");
}

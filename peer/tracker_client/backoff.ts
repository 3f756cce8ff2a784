/** Milliseconds before the first and between later attempts: a LAN is either there or soon back. */
const first = 250;
const longest = 5000;

/**
 * How long to wait before attempt `attempt` (0, 1, …), in ms: doubling up to 5 s, spread by a
 * quarter so that a room of peers does not come back in the same instant.
 *
 * @param random a number in [0, 1)
 */
export function backoff(attempt: number, random: number): number {
  return Math.min(longest, first * 2 ** Math.min(attempt, 16)) * (0.75 + random / 2);
}

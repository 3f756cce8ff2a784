import { LanyardError, nameOf } from "../../shared/mod.ts";
import { oddName } from "../inbox/rules.ts";
import { formatBytes } from "../output.ts";
import type { OfferedPush } from "./describe.ts";

/** Bytes that are left free: whoever takes everything without a look wants to go on working. */
const leftFree = 1_000_000_000;

/**
 * Makes sure that a file may be taken that nobody was asked about.
 *
 * @param free bytes of the disk that it goes to
 * @throws {LanyardError} `unsupported-name` if systems hide or run what is called so, `full` if it
 * would take the last of the disk.
 */
export function checkUnasked(
  { path, size }: Pick<OfferedPush["file"], "path" | "size">,
  free: number,
): void {
  const odd = oddName(nameOf(path));
  if (odd !== undefined) throw odd;
  if (size + leftFree <= free) return;
  throw new LanyardError(
    "full",
    `It has ${formatBytes(size)}, and of the disk only ${formatBytes(free)} are free; the last ` +
      `${formatBytes(leftFree)} are left free, so make room, or take it without --yes`,
  );
}

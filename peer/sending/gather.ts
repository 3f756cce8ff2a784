import { LanyardError } from "../../shared/mod.ts";
import type { Exclusion } from "../sharing/left_out.ts";
import { resolveRoots } from "../sharing/roots.ts";
import { type FoundOnDisk, scan } from "../sharing/scan.ts";

/**
 * The files that a user names, and those in the folders that a user names, without what is left out
 * of a share.
 *
 * @throws {LanyardError} `not-found` or `usage` naming the path that cannot be sent.
 */
export async function gather(
  paths: readonly string[],
  exclusions: readonly Exclusion[],
): Promise<FoundOnDisk[]> {
  const files: FoundOnDisk[] = [];
  for (const root of await resolveRoots(paths, {})) {
    for (const scanned of scan(root, exclusions)) {
      if ("found" in scanned) files.push(scanned.found);
    }
  }
  if (files.length > 0) return files;
  throw new LanyardError("usage", "There is no file to send in what you named");
}

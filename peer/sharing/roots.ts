import { basename } from "@std/path";
import { LanyardError, reasonOf, sharePathFault } from "../../shared/mod.ts";
import { isOfSystem } from "./left_out.ts";

/** A folder or file that the user shares. */
export interface Root {
  /** Its real path: links in the argument are followed, here and nowhere else. */
  real: string;
  /** The first component of the share paths below it; for a file its whole share path. */
  label: string;
  isFolder: boolean;
}

/**
 * Resolves what the user named. Two roots of the same name become `docs` and `docs (2)`.
 *
 * @param labels labels given earlier, by real path; new ones are added.
 * @throws {LanyardError} `not-found` or `usage` naming the path that cannot be shared.
 */
export async function resolveRoots(
  paths: readonly string[],
  labels: Record<string, string>,
): Promise<Root[]> {
  const roots = new Map<string, Root>();
  for (const path of paths) {
    const real = await realPath(path);
    if (isOfSystem(real)) throw noFile(path);
    const info = await Deno.stat(real);
    if (!info.isFile && !info.isDirectory) throw noFile(path);
    if (roots.has(real)) continue;
    const taken = new Set([...roots.values()].map(({ label }) => label));
    const label = freeLabel(labels[real] ?? nameForRoot(real), taken, info.isFile);
    const fault = sharePathFault(label);
    if (fault !== undefined) {
      throw new LanyardError("usage", `"${path}" cannot be shared under its name: ${fault}`);
    }
    labels[real] = label;
    roots.set(real, { real, label, isFolder: info.isDirectory });
  }
  return [...roots.values()];
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw noFile(path); // Deno guards /proc, too.
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new LanyardError("io", `Cannot share "${path}": ${reasonOf(error)}`);
    }
    throw new LanyardError("not-found", `There is no file or folder "${path}" to share`);
  }
}

function noFile(path: string): LanyardError {
  return new LanyardError("usage", `"${path}" is neither a file nor a folder of a disk`);
}

function nameForRoot(real: string): string {
  const name = basename(real).normalize("NFC").replace(/[\\/:]/g, "");
  return name === "" ? "disk" : name;
}

function freeLabel(wanted: string, taken: ReadonlySet<string>, isFile: boolean): string {
  if (!taken.has(wanted)) return wanted;
  const dot = isFile ? wanted.lastIndexOf(".") : -1;
  const [stem, extension] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ""];
  for (let number = 2;; number++) {
    const label = `${stem} (${number})${extension}`;
    if (!taken.has(label)) return label;
  }
}

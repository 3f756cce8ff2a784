import { dirname, join, resolve } from "@std/path";
import { reasonOf } from "../../shared/mod.ts";
import { freeBytes } from "../download/free_space.ts";
import { formatBytes } from "../output.ts";
import type { Finding } from "./finding.ts";

/** Free bytes below which it is warned: a film does not fit. */
const little = 1024 * 1024 * 1024;
/** Free bytes below which nothing works: what is remembered does not fit. */
const tooLittle = 10 * 1024 * 1024;

/** What a folder is like. */
export interface FolderState {
  path: string;
  /** Why nothing can be written there, if so. */
  unwritable?: string;
  /** Bytes that are free there. */
  free?: number;
}

/** Looks at a folder, or where it would be made, by making a file there and removing it again. */
export async function lookAt(path: string): Promise<FolderState> {
  const whole = resolve(path);
  try {
    const there = await existing(whole);
    const probe = join(there, `.lanyard-doctor-${crypto.randomUUID()}`);
    await Deno.writeFile(probe, new Uint8Array(1), { createNew: true, mode: 0o600 });
    await Deno.remove(probe);
    return { path: whole, free: freeBytes(there) };
  } catch (error) {
    return { path: whole, unwritable: reasonOf(error) };
  }
}

/** The folder itself, or the nearest one above it that exists. */
async function existing(path: string): Promise<string> {
  try {
    await Deno.stat(path);
    return path;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) || dirname(path) === path) throw error;
    return await existing(dirname(path));
  }
}

/**
 * Judges a folder.
 *
 * @param name what it is for, such as `downloads`
 * @param option how another one is named
 */
export function judgeFolder(
  name: string,
  { path, unwritable, free = Infinity }: FolderState,
  option: string,
): Finding {
  if (unwritable !== undefined) {
    return {
      name,
      verdict: "problem",
      message: `Nothing can be written in ${path}: ${unwritable}`,
      remedy: `Give yourself the right to, or name another folder with ${option}`,
    };
  }
  const message = `${path}: ${formatBytes(free)} are free`;
  if (free >= little) return { name, verdict: "ok", message };
  return {
    name,
    verdict: free < tooLittle ? "problem" : "warning",
    message,
    remedy: `Free some space, or name another folder with ${option}`,
  };
}

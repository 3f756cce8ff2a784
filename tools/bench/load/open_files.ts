import { findTool, run } from "../rivals/tool.ts";

/** How many files and connections this program, and what it starts, may have open. */
export async function openFilesLimit(wanted: number): Promise<number> {
  if (findTool("prlimit") !== undefined) {
    try {
      await run("prlimit", `--pid=${Deno.pid}`, `--nofile=${wanted}:${wanted}`);
    } catch {
      // Only the administrator may raise it; what is there may be enough.
    }
  }
  try {
    const limits = Deno.readTextFileSync("/proc/self/limits");
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity; // Not Linux: connecting will tell.
  }
}

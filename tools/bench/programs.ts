import { fromFileUrl, join } from "@std/path";
import { v8Flags } from "../v8_flags.ts";

/** The top of the repository. */
export const repository = fromFileUrl(new URL("../../", import.meta.url));

/** The commands that run the programs, without arguments. */
export interface Programs {
  tracker: readonly string[];
  peer: readonly string[];
}

/** The programs as Deno runs them from their sources. */
export const sourcePrograms: Programs = {
  tracker: fromSource("tracker"),
  peer: fromSource("peer"),
};

/** The executables that `deno task compile` builds. */
export const executables: Programs = {
  tracker: [join(repository, "dist", "tracker")],
  peer: [join(repository, "dist", "peer")],
};

/** Whether both executables are there. */
export function areCompiled(): boolean {
  return isFile(executables.tracker[0]) && isFile(executables.peer[0]);
}

/** A command for a script of this repository, with all permissions. */
export function scriptCommand(path: string): string[] {
  return [Deno.execPath(), "run", "-A", "--quiet", "--config", config(), join(repository, path)];
}

function fromSource(program: keyof Programs): string[] {
  const main = join(repository, program, "main.ts");
  const flags = `--v8-flags=${v8Flags[program]}`;
  const options = ["--quiet", "--no-prompt", flags, "--config", config(), `-P=${program}`];
  return [Deno.execPath(), "run", ...options, main];
}

function config(): string {
  return join(repository, "deno.json");
}

/** Whether there is a file. */
export function isFile(path = ""): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

import { isAbsolute, join } from "@std/path";
import { isFile } from "../programs.ts";

/** Where a tool of this system is; nothing if it is not installed. */
export function findTool(name: string): string | undefined {
  if (isAbsolute(name)) return isFile(name) ? name : undefined;
  // Daemons may be where only the administrator looks.
  const folders = [...Deno.env.get("PATH")?.split(":") ?? [], "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => isFile(path));
}

/** The tools that are missing, as a reason to skip something; nothing if all are there. */
export function missing(...names: string[]): string | undefined {
  const absent = names.filter((name) => findTool(name) === undefined);
  return absent.length === 0 ? undefined : `no ${absent.join(", ")} here`;
}

/** Runs a tool to its end; returns what it printed. */
export async function run(name: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(findTool(name) ?? name, { args })
    .output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${name}: ${decoder.decode(stderr)}`);
  // Some print their version to standard error.
  return decoder.decode(stdout) || decoder.decode(stderr);
}

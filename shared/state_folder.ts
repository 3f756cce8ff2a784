import { join } from "@std/path";

/**
 * Where a program keeps its state unless it is told: what each system calls the place for data
 * that belongs to one user and one machine (XDG Base Directory 0.8 elsewhere).
 *
 * @param os `Deno.build.os`
 * @param env the value of an environment variable
 * @returns a folder, or `undefined` where the system names none, as for a service without HOME.
 */
export function defaultStateFolder(
  os: string,
  env: (name: string) => string | undefined,
): string | undefined {
  // An empty variable counts as unset (XDG Base Directory 0.8): joined, it would be relative.
  const set = (name: string): string | undefined => env(name) || undefined;
  const home = set("HOME");
  switch (os) {
    case "windows": {
      const local = set("LOCALAPPDATA");
      return local === undefined ? undefined : join(local, "Lanyard");
    }
    case "darwin":
      return home === undefined
        ? undefined
        : join(home, "Library", "Application Support", "Lanyard");
    default: {
      const state = set("XDG_STATE_HOME") ??
        (home === undefined ? undefined : join(home, ".local", "state"));
      return state === undefined ? undefined : join(state, "lanyard");
    }
  }
}

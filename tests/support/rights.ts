import { isPossible } from "./commands.ts";

/** Put before a command: root has no more rights to files in it than anybody else. Root only. */
export const withoutOverride: readonly string[] = [
  "setpriv",
  "--bounding-set=-dac_override,-dac_read_search",
];

/** Put before a command: it is run by a user who owns nothing. Root only. */
export const asNobody: readonly string[] = [
  "setpriv",
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
];

/** Whether this process may run commands with fewer rights; says so if not. */
export async function canDropRights(): Promise<boolean> {
  return Deno.uid() === 0 && await isPossible("rights taken from root", async () => {
    for (const [program = "", ...args] of [withoutOverride, asNobody]) {
      const { success } = await new Deno.Command(program, { args: [...args, "true"] }).output();
      if (!success) throw new Error(`${program} failed`);
    }
  });
}

import { join } from "@std/path";
import type { Peer } from "../peer.ts";
import { homeFolder } from "../setting_kinds.ts";
import { menuText } from "./verbs.ts";

/** The folder that most systems have for what comes, or else the current one. */
export async function usualDownloads(): Promise<string> {
  const folder = join(homeFolder() ?? "", "Downloads");
  const isThere = await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false);
  return isThere ? folder : Deno.cwd();
}

/** What a person is shown at the start: who they are here, and what they can do. */
export function welcome(
  { options: { name } }: Peer,
  shared: readonly string[],
  downloads: string,
): string {
  const share = shared.length === 0 ? "nothing yet" : shared.join(", ");
  return [
    `You are ${name} and share ${share}. Copies go to ${downloads}.`,
    "",
    menuText(),
    "",
    "Type a number or a command. Tab completes; help shows this again.",
  ].join("\n");
}

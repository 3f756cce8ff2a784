import { join } from "@std/path";
import { parseLabel } from "../../shared/mod.ts";
import type { Output } from "../output.ts";
import { expanded, homeFolder } from "../setting_kinds.ts";
import { type Settings, settingsFile } from "../settings.ts";
import type { Console } from "./console.ts";

const explanation = `
Lanyard copies files between the machines of this network, without internet.
Everybody shares a folder, and finds and copies what the others share.
One of the machines is the tracker, which knows who has what.
Two questions before you start; Enter takes what is in brackets.
`.trim();

/** Put into the folder that is made, so that there is something to share from the start. */
const firstFile = `What you put into this folder can be copied by everybody on your network
who uses Lanyard with the same tracker, for as long as it runs on this machine.

To share other folders, type in "peer": share FOLDER
`;

/** What the first run sets up, and where. */
export interface FirstRun {
  console: Console;
  output: Output;
  stateFolder: string;
  /** The name unless another one is given. */
  name: string;
}

/**
 * Explains what this is, and asks for a name and a folder to share. A folder that is not there yet
 * is made.
 *
 * @returns what was settled, or nothing at the end of the input
 */
export async function firstRun(
  { console, output, stateFolder, name }: FirstRun,
): Promise<Settings | undefined> {
  output.note(`${explanation}\n`);
  const label = await ask(console, output, "The name that others see", name, parseLabel);
  if (label === undefined) return undefined;
  const usual = join(homeFolder() ?? Deno.cwd(), "Lanyard");
  const folder = await ask(console, output, "The folder that you share", usual, makeFolder);
  if (folder === undefined) return undefined;
  output.note(`That is kept in ${settingsFile(stateFolder)}; to change it, run: peer settings\n`);
  return { name: label, share: [folder] };
}

async function ask(
  console: Console,
  output: Output,
  question: string,
  usual: string,
  read: (text: string) => string | Promise<string>,
): Promise<string | undefined> {
  for (;;) {
    const answer = await console.ask(`${question} [${usual}]: `);
    if (answer === undefined) return undefined;
    try {
      return await read(answer.trim() || usual);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      output.note(error.message);
    }
  }
}

/** The real path of a folder, which is made with something in it if it is not there. */
async function makeFolder(typed: string): Promise<string> {
  const folder = expanded(typed);
  const isThere = await Deno.stat(folder).then(() => true, () => false);
  if (!isThere) {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(join(folder, "About this folder.txt"), firstFile);
  }
  return await Deno.realPath(folder);
}

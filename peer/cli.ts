import { Command, type CommandUnknownOpts, Help, type Option } from "commander";
import { printableLines, version } from "../shared/mod.ts";
import { addCompletions } from "./commands/completions.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addGet } from "./commands/get.ts";
import { addJoin } from "./commands/join.ts";
import { addList } from "./commands/list.ts";
import { addOffer } from "./commands/offer.ts";
import { addPeers } from "./commands/peers.ts";
import { addReceive } from "./commands/receive.ts";
import { addSearch } from "./commands/search.ts";
import { addSend } from "./commands/send.ts";
import { addSettings } from "./commands/settings.ts";
import { addShare } from "./commands/share.ts";
import { addShell } from "./commands/shell.ts";
import { commonHeading } from "./options.ts";
import { fillIn } from "./fill_in.ts";
import { readSettings, settingKeys, settingsTable, stateFolderOf, variableOf } from "./settings.ts";

const examples = `
Examples:
  peer                                 a menu, for whoever does not want to read on
  peer share ~/Videos --host-tracker   on one machine: share, and be the tracker
  peer share ~/Music                   on the others: share through it
  peer search holiday                  find files by a part of their names
  peer get holiday.mp4                 copy one from whoever has it
  peer offer lecture.pdf               hand a file out; the others run: peer receive
  peer send report.pdf --to ana        into ana's inbox: peer share ~/Music --inbox ~/In

The tracker is found by itself on most networks; --tracker HOST names it where it is not.
"peer COMMAND --help" says more.

Environment:
  LANYARD_STATE      where this peer keeps its state, unless --state says it
  LANYARD_INVITE     a join link, for: peer join
  LANYARD_...        any setting, as in LANYARD_LIMIT_UP; "peer settings" lists them

Files, in the state folder:
  settings.json      what holds for every command; "peer settings" changes it
  identity.pem       the key of this peer: who has another one is another peer
  memory.json, trackers.json, hashes.sqlite, shell_history: what is remembered

Exit status:
  0 done, 1 failed, 2 wrong usage or ambiguous, 3 not found, 4 refused,
  5 content wrong or changed, 130 interrupted, 143 terminated`;

/** The commands, as help has them. */
const groups: readonly [string, readonly ((program: Command) => void)[]][] = [
  ["Giving:", [addShare, addOffer, addSend]],
  ["Finding and taking:", [addSearch, addList, addPeers, addGet, addReceive]],
  ["All of it by a menu:", [addShell]],
  ["Setting up:", [addJoin, addDoctor, addSettings, addCompletions]],
];

/** The command line of `peer`. */
export function peerCommand(): Command {
  const program = new Command("peer")
    .description("Shares files with the other machines of this network, and copies theirs.")
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .configureHelp({ optionDescription: describeOption })
    .addHelpText("after", examples)
    // Errors quote arguments, which may be names that a remote has given to files.
    .configureOutput({ outputError: (text, write) => write(printableLines(text)) })
    .hook("preAction", async (_, command) => await withSettings(command))
    .exitOverride();
  for (const [group, adders] of groups) {
    program.commandsGroup(group);
    for (const add of adders) add(program);
  }
  // Commander hands these on to commands only if they are set before the commands are added.
  for (const command of program.commands) {
    command.exitOverride();
    commonLast(command);
  }
  return program;
}

/** Help tells the options of a command before those that all have. */
function commonLast({ options }: { options: readonly Option[] }): void {
  const isCommon = (option: Option): number => Number(option.helpGroupHeading === commonHeading);
  (options as Option[]).sort((one, other) => isCommon(one) - isCommon(other));
}

/** Fills in what was not given from the environment and the settings. */
async function withSettings(command: CommandUnknownOpts): Promise<void> {
  const state: unknown = command.getOptionValue("state");
  if (!command.options.some((option) => option.attributeName() === "state")) return;
  const settings = await readSettings(stateFolderOf(typeof state === "string" ? state : undefined));
  fillIn(command, settings ?? {}, (name) => Deno.env.get(name));
}

/**
 * A flag that is not given is off, and a list without entries empty: help need not say it. What can
 * be set is told once, with the setting's variable.
 */
function describeOption(option: Option): string {
  const text = new Help().optionDescription(option).replace(/ \(default: (?:false|\[\])\)$/, "");
  const key = settingKeys.find((one) => settingsTable[one].option === option.attributeName());
  if (key === undefined || option.envVar !== undefined || option.negate) return text;
  if (settingsTable[key].commands !== undefined) return text; // Only some commands heed it.
  return `${text} (env: ${variableOf(key)})`;
}

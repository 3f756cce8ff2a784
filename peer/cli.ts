import { Command, Help, type Option } from "commander";
import { printableLines, version } from "../shared/mod.ts";
import { addGet } from "./commands/get.ts";
import { addJoin } from "./commands/join.ts";
import { addList } from "./commands/list.ts";
import { addPeers } from "./commands/peers.ts";
import { addSearch } from "./commands/search.ts";
import { addShare } from "./commands/share.ts";

const examples = `
Examples:
  peer share ~/Videos --host-tracker           on one machine: share, and be the tracker
  peer share ~/Music --tracker 192.168.1.7     on the others: share through it
  peer search holiday --tracker 192.168.1.7    find files by a part of their names
  peer get holiday.mp4 --tracker 192.168.1.7   copy one from whoever has it

Set LANYARD_TRACKER to leave out --tracker. "peer COMMAND --help" says more.

Exit status: 0 done, 1 failed, 2 wrong usage or ambiguous, 3 not found, 4 refused,
5 content wrong or changed, 130 interrupted.`;

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
    .exitOverride();
  for (const add of [addShare, addSearch, addList, addPeers, addGet, addJoin]) add(program);
  // Commander hands these on to commands only if they are set before the commands are added.
  for (const command of program.commands) command.exitOverride();
  return program;
}

/** A flag that is not given is off, and a list without entries empty: help need not say it. */
function describeOption(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:false|\[\])\)$/, "");
}

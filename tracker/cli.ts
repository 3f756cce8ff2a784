import { Argument, Command, Help, InvalidArgumentError, Option } from "commander";
import {
  defaultPorts,
  limits,
  parseLabel,
  printableLines,
  version,
  wholeNumber,
} from "../shared/mod.ts";
import { completionScript, programNode, shells } from "../shared/completions/mod.ts";
import type { InviteOptions } from "./control/commands.ts";
import { type IndexPlace, parseIndexPlace } from "./open_index.ts";
import type { GivenPort, GivenPorts } from "./ports.ts";

/** What every command can be told. */
export interface CommonOptions {
  state?: string;
  json: boolean;
}

/** What the tracker can be told at its start. */
export interface ServeOptions extends CommonOptions, GivenPorts {
  host: string;
  name: string;
  maxFiles: number;
  maxPerAddress?: number;
  /** Where the index is. */
  index: IndexPlace;
  /** Whether what it holds from earlier is forgotten. */
  freshIndex: boolean;
  open: boolean;
  discovery: boolean;
  classic: boolean;
  idleTimeout: number;
  quiet: boolean;
}

/** What the commands do. */
export interface TrackerActions {
  serve(options: ServeOptions): Promise<void>;
  status(options: CommonOptions): Promise<void>;
  invite(options: CommonOptions & InviteOptions): Promise<void>;
  /** @param script what makes a shell complete the commands */
  completions(script: string): void;
  /** @param who the first digits of an id, a name or an address */
  decide(what: "kick" | "ban" | "unban", who: string, options: CommonOptions): Promise<void>;
}

const examples = `
Examples:
  tracker                        serve everybody, with encryption on port ${defaultPorts.trackerTls} and without on ${defaultPorts.tracker}
  tracker --port 0 --json        any free port; one JSON object per line
  tracker --open --name lab      let machines search that share nothing
  tracker --invite-only          let in only who has a join link: tracker invite

On another machine, where it is found by itself:
  peer share FOLDER

Environment:
  LANYARD_STATE    where the tracker keeps what it remembers, unless --state says it
  LANYARD_INDEX    where the index is, unless --index says it
  PGPASSWORD       the password of the database that the index is in

Files, in that folder:
  identity.pem     the key of this tracker: one with another key is another tracker
  tracker.sqlite   members, bans and the key of the join link
  control.json     how status, invite, kick and ban reach it while it runs: port and token

Exit status:
  0 done, 1 failed, 2 wrong usage or ambiguous, 3 not found, 4 refused,
  130 interrupted, 143 terminated`;

/**
 * The command line of the tracker.
 *
 * @param hostName the label used unless `--name` is given
 */
export function trackerCommand(hostName: string, actions: TrackerActions): Command {
  const program = new Command("tracker")
    .usage("[serve] [options]\n       tracker COMMAND [options]")
    .description("Keeps the searchable index of who shares what on this network.")
    .version(version, "--version", "print the version")
    .helpCommand(false)
    // Options belong to the command that they follow: tracker status takes few of the others.
    .enablePositionalOptions()
    .configureHelp({ optionDescription: describeOption })
    .addHelpText("after", examples)
    // Errors quote arguments, which may be names that a remote has given itself.
    .configureOutput({ outputError: (text, write) => write(printableLines(text)) })
    .exitOverride() as Command;
  withServeOptions(program, hostName).action(actions.serve);
  const same = program.command("serve", { hidden: true });
  withServeOptions(same, hostName).action(actions.serve);
  same.outputHelp = () => program.outputHelp();
  addStatus(program, actions);
  addInvite(program, actions);
  for (const what of ["kick", "ban", "unban"] as const) addDecision(program, what, actions);
  addCompletions(program, actions);
  return program;
}

function addStatus(program: Command, { status }: TrackerActions): void {
  withCommonOptions(program.command("status"))
    .description("show how the running tracker is")
    .addHelpText("after", "\nExamples:\n  tracker status --json")
    .action(status);
}

const inviteExamples = `
Examples:
  tracker invite                        to copy or to scan
  tracker invite --rotate > link.txt    after somebody passed a link on

On another machine:
  peer join @link.txt`;

function addInvite(program: Command, { invite }: TrackerActions): void {
  withCommonOptions(program.command("invite"))
    .description("print a link with which others join the running tracker")
    .option("--rotate", "void the links given out so far", false)
    .option("--address <host>", "how others reach this machine")
    .option("--qr", "draw the link, too, as is done on a terminal", false)
    .addHelpText("after", inviteExamples)
    .action(invite);
}

function addCompletions(program: Command, { completions }: TrackerActions): void {
  program.command("completions")
    .addArgument(new Argument("<shell>", "the shell that is to complete").choices(shells))
    .description("print a script that makes a shell complete the commands of tracker")
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", "\nExamples:\n  tracker completions fish | source")
    .action((shell) => completions(completionScript(shell, programNode(program, ["serve"]))));
}

const decisions = {
  kick: "put a peer out; it needs a new invitation where members only are let in",
  ban: "put a peer out for ever, and without --invite-only its address for 24 hours",
  unban: "lift a ban",
};

function addDecision(
  program: Command,
  what: keyof typeof decisions,
  { decide }: TrackerActions,
): void {
  withCommonOptions(program.command(what))
    .description(decisions[what])
    .argument("<peer>", "its name, its address, or at least 4 digits of its id")
    .addHelpText(
      "after",
      `\nExamples:\n  tracker ${what} ana\n  tracker ${what} 3f9a51\n  tracker ${what} 192.168.1.7`,
    )
    .action((who, options) => decide(what, who, options));
}

// deno-lint-ignore explicit-function-return-type -- it is the list
function withCommonOptions(command: Command) {
  return command
    .addOption(
      new Option("--state <folder>", "where the tracker keeps what it remembers")
        .env("LANYARD_STATE"),
    )
    .option("--json", "print one JSON object per line, for programs", false)
    .helpOption("-h, --help", "print this help");
}

// deno-lint-ignore explicit-function-return-type -- it is the list
function withServeOptions(command: Command, hostName: string) {
  return withCommonOptions(command)
    .option("--host <address>", "address to listen on", "::")
    .addOption(
      new Option("--port <number>", portHelp("for plain connections", defaultPorts.tracker))
        .argParser(asArgument(givenPort)),
    )
    .addOption(
      new Option(
        "--tls-port <number>",
        portHelp("for encrypted connections", defaultPorts.trackerTls),
      ).argParser(asArgument(givenPort)),
    )
    .addOption(
      new Option(
        "--http-port <number>",
        portHelp(
          "for commands and metrics, on this machine only",
          `${defaultPorts.trackerHttp} or free`,
        ),
      ).argParser(asArgument(givenPort)),
    )
    .option("--tls-only", "accept encrypted connections only", false)
    .option("--invite-only", "let in members only, and who has a join link", false)
    .addOption(
      new Option("--name <label>", "name shown to peers").default(hostName)
        .argParser(asArgument(parseLabel)),
    )
    .addOption(
      new Option("--max-files <number>", "files one peer may share")
        .default<number>(limits.filesPerPeer)
        .argParser(asArgument(wholeNumber(1, limits.filesInTotal))),
    )
    .addOption(
      new Option(
        "--max-per-address <number>",
        "connections from one address (default: 64; of this machine any number)",
      ).argParser(asArgument(wholeNumber(1, 1_000_000))),
    )
    .addOption(
      new Option(
        "--index <place>",
        "where the index is: memory, sqlite:FILE, which outlasts a restart, or postgres://USER@HOST/DATABASE, which several trackers can share",
      ).env("LANYARD_INDEX").default<IndexPlace>({ kind: "memory" }, "memory")
        .argParser(asArgument(parseIndexPlace)),
    )
    .option("--fresh-index", "forget what the file of the index holds", false)
    .option("--open", "accept peers that share nothing", false)
    .option("--no-discovery", "do not announce this tracker on the network")
    .option("--no-classic", "refuse the classic dialect")
    .addOption(
      new Option("--idle-timeout <seconds>", "seconds of silence after which a session ends")
        .default<number>(limits.idleSeconds).argParser(asArgument(wholeNumber(1, 86_400))),
    )
    .option("--quiet", "print errors only", false);
}

/** A port's default is told here and chosen elsewhere: whether it was given makes a difference. */
function portHelp(what: string, standard: number | string): string {
  return `port ${what}; 0 takes a free one, or off (default: ${standard})`;
}

/** A flag that is not given is off: help need not say it. */
function describeOption(option: Option): string {
  return new Help().optionDescription(option).replace(" (default: false)", "");
}

function givenPort(text: string): GivenPort {
  return text === "off" ? text : wholeNumber(0, 65_535)(text);
}

/** Makes a reader of values one of arguments. */
function asArgument<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof RangeError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

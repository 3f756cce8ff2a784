import { Command, Help, InvalidArgumentError, Option } from "commander";
import { defaultPorts, limits, version } from "../shared/mod.ts";

/** What the command line of the tracker says. */
export interface ServeOptions {
  host: string;
  port: number;
  name: string;
  state?: string;
  maxFiles: number;
  open: boolean;
  classic: boolean;
  idleTimeout: number;
  json: boolean;
  quiet: boolean;
}

const examples = `
Examples:
  tracker                        listen on port ${defaultPorts.tracker} of every address
  tracker --port 0 --json        any free port; one JSON object per line
  tracker --open --name lab      let machines search that share nothing

On another machine:
  peer share FOLDER --tracker THIS-MACHINE`;

/**
 * The command line of the tracker.
 *
 * @param hostName the label used unless `--name` is given
 */
export function trackerCommand(
  hostName: string,
  serve: (options: ServeOptions) => Promise<void>,
): Command {
  const program = new Command("tracker")
    .usage("[serve] [options]")
    .description("Keeps the searchable index of who shares what on this network.")
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .configureHelp({ optionDescription: describeOption })
    .addHelpText("after", examples)
    .exitOverride()
    .option("--host <address>", "address to listen on", "::")
    .addOption(
      new Option("--port <number>", "port for plain connections; 0 takes a free one")
        .default<number>(defaultPorts.tracker).argParser(wholeNumber(0, 65_535)),
    )
    .option("--name <label>", "name shown to peers", hostName)
    .addOption(
      new Option("--state <folder>", "where the tracker keeps its id").env("LANYARD_STATE"),
    )
    .addOption(
      new Option("--max-files <number>", "files one peer may share")
        .default<number>(limits.filesPerPeer).argParser(wholeNumber(1, limits.filesInTotal)),
    )
    .option("--open", "accept peers that share nothing", false)
    .option("--no-classic", "refuse the classic dialect")
    .addOption(
      new Option("--idle-timeout <seconds>", "seconds of silence after which a session ends")
        .default<number>(limits.idleSeconds).argParser(wholeNumber(1, 86_400)),
    )
    .option("--json", "print events, one JSON object per line", false)
    .option("--quiet", "print errors only", false)
    .action(serve);
  const same = program.command("serve", { hidden: true })
    .helpOption("-h, --help")
    .action(() => serve(program.opts()));
  same.outputHelp = () => program.outputHelp();
  return program as unknown as Command;
}

/** A flag that is not given is off: help need not say it. */
function describeOption(option: Option): string {
  return new Help().optionDescription(option).replace(" (default: false)", "");
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

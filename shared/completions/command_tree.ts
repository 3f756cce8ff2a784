/** What a command line offers, for scripts that complete it. */

/** What may follow an option, or be an argument. */
export type Values =
  /** One of these words. */
  | { kind: "words"; words: readonly string[] }
  /** A file or folder of this machine. */
  | { kind: "files" }
  /** Something that a script cannot know. */
  | { kind: "text" };

export interface OptionNode {
  /** `--output`, and `-o` if there is a short one. */
  names: readonly string[];
  help: string;
  /** What follows it; missing if it is a switch. */
  value?: Values;
}

export interface CommandNode {
  name: string;
  help: string;
  options: readonly OptionNode[];
  /** What may follow the command; missing if nothing may. */
  argument?: Values;
}

export interface ProgramNode extends CommandNode {
  commands: readonly CommandNode[];
}

/** A command of `commander`, as far as it matters here. */
export interface CommandShape {
  name(): string;
  description(): string;
  readonly options: readonly OptionShape[];
  readonly registeredArguments: readonly { name(): string; argChoices?: readonly string[] }[];
  readonly commands: readonly CommandShape[];
}

interface OptionShape {
  readonly long?: string | null | undefined;
  readonly short?: string | null | undefined;
  readonly flags: string;
  readonly description: string;
  readonly hidden: boolean;
  readonly required: boolean;
  readonly optional: boolean;
  readonly argChoices?: readonly string[];
}

/** Reads what a program offers. What its help does not show is not completed either. */
export function programNode(program: CommandShape, hidden: readonly string[] = []): ProgramNode {
  const commands = program.commands.filter((command) => !hidden.includes(command.name()));
  return { ...commandNode(program), commands: commands.map(commandNode) };
}

function commandNode(command: CommandShape): CommandNode {
  const [argument] = command.registeredArguments;
  const help = { names: ["-h", "--help"], help: "print this help" };
  return {
    name: command.name(),
    help: command.description(),
    options: [...command.options.filter((one) => !one.hidden).map(optionNode), help],
    ...(argument === undefined ? {} : { argument: values(argument.name(), argument.argChoices) }),
  };
}

function optionNode(option: OptionShape): OptionNode {
  const [, placeholder = ""] = /[<[]([^>\]]+)/.exec(option.flags) ?? [];
  const names = [option.short, option.long].filter((name) => typeof name === "string");
  return {
    names,
    help: option.description,
    ...(option.required || option.optional
      ? { value: values(placeholder, option.argChoices) }
      : {}),
  };
}

function values(placeholder: string, words: readonly string[] | undefined): Values {
  if (words !== undefined) return { kind: "words", words };
  return /^(?:path|file|folder)/.test(placeholder) ? { kind: "files" } : { kind: "text" };
}

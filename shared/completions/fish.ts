import type { CommandNode, OptionNode, ProgramNode, Values } from "./command_tree.ts";

/** The completion of a program for fish. */
export function fishScript(program: ProgramNode): string {
  const { name, commands } = program;
  const known = commands.map((one) => one.name).join(" ");
  const none = `not __fish_seen_subcommand_from ${known}`;
  return [
    `# fish completion of ${name}; for this shell alone: ${name} completions fish | source`,
    `complete -c ${name} -f`,
    ...program.options.map((option) => optionLine(name, none, option)),
    ...commands.map((one) =>
      `complete -c ${name} -n ${quote(none)} -a ${one.name} -d ${quote(one.help)}`
    ),
    ...commands.flatMap((one) => commandLines(name, one)),
    "",
  ].join("\n");
}

function commandLines(program: string, { name, options, argument }: CommandNode): string[] {
  const here = `__fish_seen_subcommand_from ${name}`;
  const values = argument === undefined ? "" : valueText(argument);
  return [
    ...options.map((option) => optionLine(program, here, option)),
    ...(values === "" ? [] : [`complete -c ${program} -n ${quote(here)}${values}`]),
  ];
}

function optionLine(program: string, when: string, { names, help, value }: OptionNode): string {
  const flags = names.map((one) =>
    one.startsWith("--") ? ` -l ${one.slice(2)}` : ` -s ${one.slice(1)}`
  );
  const after = value === undefined ? "" : ` -r${valueText(value)}`;
  return `complete -c ${program} -n ${quote(when)}${flags.join("")}${after} -d ${quote(help)}`;
}

function valueText(value: Values): string {
  switch (value.kind) {
    case "files":
      return " -F";
    case "text":
      return "";
    case "words":
      return ` -a ${quote(value.words.join(" "))}`;
  }
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

import type { CommandNode, OptionNode, ProgramNode, Values } from "./command_tree.ts";

/** The completion of a program for zsh, to be sourced or put into a folder of `fpath`. */
export function zshScript(program: ProgramNode): string {
  const { name, commands } = program;
  return `#compdef ${name}
# zsh completion of ${name}; for this shell alone: source <(${name} completions zsh)
_${name}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C \\
${specs(program)}    '1: :->command' \\
    '*:: :->rest'
  case $state in
    command)
      local -a commands
      commands=(
${commands.map((one) => `        ${quote(`${one.name}:${one.help}`)}`).join("\n")}
      )
      _describe command commands
      ;;
    rest)
      case $line[1] in
${commands.map(commandCase).join("\n")}
      esac
      ;;
  esac
}
if [ "$funcstack[1]" = _${name} ]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function commandCase(command: CommandNode): string {
  const { name, argument } = command;
  const rest = argument === undefined ? "" : quote(`*:value:${action(argument)}`);
  return `        ${name})
          _arguments \\
${specs(command)}    ${rest || "&& return"}
          ;;`;
}

function specs({ options }: CommandNode): string {
  return options.flatMap(optionSpecs).map((spec) => `    ${spec} \\\n`).join("");
}

function optionSpecs({ names, help, value }: OptionNode): string[] {
  const text = help.replace(/[[\]\\:]/g, "\\$&");
  const after = value === undefined ? "" : `:value:${action(value)}`;
  return names.map((one) => quote(`*${one}[${text}]${after}`));
}

function action(value: Values): string {
  switch (value.kind) {
    case "files":
      return "_files";
    case "text":
      return " ";
    case "words":
      return `(${value.words.join(" ")})`;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

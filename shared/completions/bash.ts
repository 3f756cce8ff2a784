import type { CommandNode, ProgramNode, Values } from "./command_tree.ts";

/** The completion of a program for bash 3.2 and later. Where files may be named bash looks itself. */
export function bashScript(program: ProgramNode): string {
  const { name, commands } = program;
  const all: [string, CommandNode][] = [
    ["", program],
    ...commands.map((one): [string, CommandNode] => [one.name, one]),
  ];
  return `# bash completion of ${name}; for this shell alone: source <(${name} completions bash)
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= words= at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      ${commands.map((one) => one.name).join("|")}) command=\${COMP_WORDS[at]}; break ;;
    esac
  done
  case $command:$before in
${afterOptions(all)}
  esac
  if [[ $current == -* ]]; then
    case $command in
${all.map(([label, { options }]) => words(label, options.flatMap(({ names }) => names))).join("\n")}
    esac
  else
    case $command in
${words("", commands.map((one) => one.name))}
${commands.map(({ name, argument }) => afterCommand(name, argument)).join("\n")}
    esac
  fi
  compopt +o default 2>/dev/null
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}
`;
}

/** What is done behind each option that has a value; many of them take anything. */
function afterOptions(all: readonly [string, CommandNode][]): string {
  const cases = new Map<string, string[]>();
  for (const [label, { options }] of all) {
    for (const { names, value } of options) {
      if (value === undefined) continue;
      const patterns = cases.get(answer(value)) ?? [];
      cases.set(answer(value), [...patterns, ...names.map((one) => `${label}:${one}`)]);
    }
  }
  return [...cases].map(([then, patterns]) => `    ${patterns.join("|")}) ${then} ;;`).join("\n");
}

function afterCommand(command: string, argument: Values | undefined): string {
  if (argument?.kind === "files") return `      ${command}) return ;;`;
  return words(command, argument?.kind === "words" ? argument.words : []);
}

/** What is done where a value has to come; without an answer bash completes names of files. */
function answer(value: Values): string {
  switch (value.kind) {
    case "files":
      return "return";
    case "text":
      return "compopt +o default 2>/dev/null; return";
    case "words":
      return `compopt +o default 2>/dev/null; COMPREPLY=($(compgen -W "${
        value.words.join(" ")
      }" -- "$current")); return`;
  }
}

function words(command: string, offered: readonly string[]): string {
  return `      ${command === "" ? "''" : command}) words="${offered.join(" ")}" ;;`;
}

import type { CommandNode, ProgramNode } from "./command_tree.ts";

/** The completion of a program for PowerShell. Where files may be named it looks itself. */
export function powershellScript(program: ProgramNode): string {
  const { name, commands } = program;
  const all: [string, CommandNode][] = [
    ["", { ...program, argument: { kind: "words", words: commands.map((one) => one.name) } }],
    ...commands.map((one): [string, CommandNode] => [one.name, one]),
  ];
  return `# PowerShell completion of ${name}; for this shell alone:
# ${name} completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ${quote(name)} -ScriptBlock {
  param($current, $ast, $cursor)
  $flags = @{
${all.map(([label, one]) => entry(label, one.options.flatMap(({ names }) => names))).join("\n")}
  }
  $values = @{
${all.flatMap(([label, one]) => valueEntries(label, one)).join("\n")}
  }
  $typed = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($current -ne '' -and $typed.Count -gt 0) { $typed = @($typed | Select-Object -SkipLast 1) }
  $command = [string]($typed | Where-Object { $flags.ContainsKey($_) } | Select-Object -First 1)
  $before = if ($typed.Count -gt 0) { $typed[-1] } else { '' }
  $offered = if ($current.StartsWith('-')) { $flags[$command] }
    elseif ($values.ContainsKey("$command $before")) { $values["$command $before"] }
    else { $values[$command] }
  $offered | Where-Object { $_ -like "$current*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

function valueEntries(label: string, { options, argument }: CommandNode): string[] {
  const entries = options.flatMap(({ names, value }) =>
    value?.kind === "words" ? names.map((one) => entry(`${label} ${one}`, value.words)) : []
  );
  return argument?.kind === "words" ? [...entries, entry(label, argument.words)] : entries;
}

function entry(label: string, words: readonly string[]): string {
  return `    ${quote(label)} = @(${words.map(quote).join(", ")})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

import { Argument, type Command } from "commander";
import {
  completionScript,
  programNode,
  type ShellName,
  shells,
} from "../../shared/completions/mod.ts";
import { Output } from "../output.ts";

const examples = `
Examples:
  peer completions fish | source                     in ~/.config/fish/config.fish
  source <(peer completions bash)                    in ~/.bashrc; the same with zsh in ~/.zshrc
  peer completions powershell | Out-String | Invoke-Expression`;

/** Adds `peer completions`. */
export function addCompletions(program: Command): void {
  program.command("completions")
    .addArgument(new Argument("<shell>", "the shell that is to complete").choices(shells))
    .description("print a script that makes a shell complete the commands of peer")
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", examples)
    .action((shell: ShellName) => {
      const script = completionScript(shell, programNode(program));
      new Output(false).result({}, () => script.trimEnd());
    });
}

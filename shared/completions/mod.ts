/** Scripts with which shells complete what is typed for a program. */
import { bashScript } from "./bash.ts";
import type { ProgramNode } from "./command_tree.ts";
import { fishScript } from "./fish.ts";
import { powershellScript } from "./powershell.ts";
import { zshScript } from "./zsh.ts";

export { type ProgramNode, programNode } from "./command_tree.ts";

/** The shells that there are scripts for. */
export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type ShellName = (typeof shells)[number];

const scripts: Record<ShellName, (program: ProgramNode) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/** The script of a program for a shell. */
export function completionScript(shell: ShellName, program: ProgramNode): string {
  return scripts[shell](program);
}

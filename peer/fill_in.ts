import { LanyardError } from "../shared/mod.ts";
import type { Stored } from "./setting_kinds.ts";
import {
  type Setting,
  type SettingKey,
  settingKeys,
  type Settings,
  settingsTable,
  variableOf,
} from "./settings.ts";

/** A command line that was read, as commander has it. */
export interface CommandLine {
  name(): string;
  readonly args: readonly string[];
  readonly options: readonly { attributeName(): string }[];
  getOptionValue(option: string): unknown;
  /** `cli`, `env`, `default`, or nothing. */
  getOptionValueSource(option: string): string | undefined;
  setOptionValueWithSource(option: string, value: unknown, source: string): unknown;
}

/**
 * Fills in the options that were not given: from the environment, or else from the settings.
 *
 * @param env the value of an environment variable
 * @throws {LanyardError} `usage` naming the variable whose value is wrong.
 */
export function fillIn(
  command: CommandLine,
  settings: Settings,
  env: (name: string) => string | undefined,
): void {
  for (const key of settingKeys) {
    const { option, kind } = settingsTable[key];
    if (!takes(command, key) || isGiven(command, option)) continue;
    const text = env(variableOf(key));
    const stored = text ? fromEnvironment(key, text) : settings[key];
    if (stored === undefined) continue;
    command.setOptionValueWithSource(option, kind.toOption(stored), text ? "env" : "config");
  }
}

/** Whether a setting counts for a command, as it was typed. */
function takes(command: CommandLine, key: SettingKey): boolean {
  const { option, commands } = settingsTable[key];
  if (commands !== undefined && !commands.includes(command.name())) return false;
  // Who names what to share shares nothing else.
  if (key === "share" && command.name() === "share" && command.args.length > 0) return false;
  return command.options.some((one) => one.attributeName() === option);
}

/** An empty variable, which commander takes for a value, says nothing. */
function isGiven(command: CommandLine, option: string): boolean {
  const source = command.getOptionValueSource(option);
  return source === "cli" || (source === "env" && command.getOptionValue(option) !== "");
}

/** What a variable says. @throws {LanyardError} `usage` */
export function fromEnvironment(key: SettingKey, text: string): Stored {
  return readText(settingsTable[key], text, variableOf(key));
}

/** What somebody typed for a setting. @throws {LanyardError} `usage`, naming `where`. */
export function readText(
  { kind }: Pick<Setting, "kind">,
  text: string,
  where: string,
): Stored {
  try {
    return kind.fromText(text);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new LanyardError("usage", `${where} cannot be "${text}". ${cause.message}`, { cause });
  }
}

import { Argument, type Command, Option } from "commander";
import { LanyardError, printable } from "../../shared/mod.ts";
import { fromEnvironment, readText } from "../fill_in.ts";
import { Output } from "../output.ts";
import {
  changeSettings,
  readSettings,
  type SettingKey,
  settingKeys,
  type Settings,
  settingsFile,
  settingsTable,
  stateFolderOf,
  variableOf,
} from "../settings.ts";
import type { Stored } from "../setting_kinds.ts";

interface SettingsOptions {
  state?: string;
  unset: boolean;
  json: boolean;
}

/** A setting as it holds now. */
interface Held {
  key: SettingKey;
  value: Stored | null;
  /** What says so. */
  source: "environment" | "settings" | "default";
}

const examples = `
Examples:
  peer settings                           what is set, and what can be
  peer settings name ana                  from now on others see that name
  peer settings share ~/Music ~/Videos    shared by: peer share, peer shell
  peer settings limit-up 2MB              at most 2 MB a second are sent
  peer settings limit-up --unset          no limit any more

An option of a command counts before a variable of the environment, such as LANYARD_NAME, and that
before the settings.`;

/** Adds `peer settings`. */
export function addSettings(program: Command): void {
  program.command("settings")
    .addArgument(new Argument("[key]", "the setting").choices(settingKeys))
    .argument("[value...]", "what it is from now on")
    .description("show or change what holds for every command")
    .option("--unset", "take the setting out, so that the default holds", false)
    .addOption(
      new Option("--state <folder>", "where this peer keeps its state").env("LANYARD_STATE"),
    )
    .option("--json", "print one JSON object per line, for programs", false)
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", examples)
    .action(runSettings);
}

async function runSettings(
  key: SettingKey | undefined,
  values: string[],
  { state, unset, json }: SettingsOptions,
): Promise<void> {
  const folder = stateFolderOf(state);
  const output = new Output(json);
  if (unset && (key === undefined || values.length > 0)) {
    throw new LanyardError("usage", "Name one setting to take out: peer settings KEY --unset");
  }
  const settings = await readSettings(folder) ?? {};
  if (key === undefined) return showAll(output, folder, settings);
  if (!unset && values.length === 0) return showOne(output, held(key, settings));
  const value = unset ? undefined : typed(key, values);
  showOne(output, held(key, await changeSettings(folder, { [key]: value })));
}

/** What was typed for a setting: one value, or several for a list. */
function typed(key: SettingKey, values: readonly string[]): Stored {
  const { kind } = settingsTable[key];
  const { entry } = kind;
  if (entry !== undefined) {
    return values.map((value) => String(readText({ kind: entry }, value, key)));
  }
  const [value = ""] = values;
  if (values.length === 1) return readText({ kind }, value, key);
  throw new LanyardError(
    "usage",
    `${key} has one value; put it in quotes if there are spaces in it`,
  );
}

function held(key: SettingKey, settings: Settings): Held {
  const text = Deno.env.get(variableOf(key));
  if (text) {
    // A tracker may be given by a join link, which may hold a key.
    const value = key === "tracker" ? text.replace(/#.*/, "#...") : fromEnvironment(key, text);
    return { key, value, source: "environment" };
  }
  const kept = settings[key];
  return kept === undefined
    ? { key, value: null, source: "default" }
    : { key, value: kept, source: "settings" };
}

function showOne(output: Output, one: Held): void {
  output.result(one, () => valueText(one));
}

function showAll(output: Output, folder: string, settings: Settings): void {
  const width = Math.max(...settingKeys.map((key) => key.length));
  for (const key of settingKeys) {
    const one = held(key, settings);
    const { help } = settingsTable[key];
    const by = one.source === "environment" ? `, by ${variableOf(key)}` : "";
    output.result(one, () => `${key.padEnd(width)}  ${valueText(one)}  (${help}${by})`);
  }
  output.note(`They are kept in ${settingsFile(folder)}`);
}

function valueText({ key, value }: Held): string {
  if (value === null) return settingsTable[key].otherwise;
  if (typeof value === "boolean") return value ? "on" : "off";
  return [value].flat().map((one) => printable(String(one))).join(", ");
}

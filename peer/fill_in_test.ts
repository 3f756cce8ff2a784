import { assertEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../shared/mod.ts";
import { type CommandLine, fillIn } from "./fill_in.ts";

/** A command line with some options, each with where its value came from. */
class FakeLine implements CommandLine {
  readonly values: Record<string, unknown>;
  readonly #name: string;
  readonly #sources: Record<string, string>;
  readonly args: readonly string[];

  constructor(
    name: string,
    values: Record<string, unknown>,
    sources: Record<string, string> = {},
    args: readonly string[] = [],
  ) {
    this.#name = name;
    this.values = values;
    this.#sources = sources;
    this.args = args;
  }

  name(): string {
    return this.#name;
  }

  get options(): { attributeName(): string }[] {
    return Object.keys(this.values).map((name) => ({ attributeName: () => name }));
  }

  getOptionValue(option: string): unknown {
    return this.values[option];
  }

  getOptionValueSource(option: string): string | undefined {
    return this.#sources[option];
  }

  setOptionValueWithSource(option: string, value: unknown, source: string): void {
    this.values[option] = `${value} from ${source}`;
  }
}

Deno.test({
  name: "fillIn: a flag counts before the environment, that before settings, these before defaults",
  permissions: "none",
  fn: () => {
    const line = new FakeLine(
      "get",
      { name: "flag", limitUp: "default", limitDown: "default", slots: undefined, tracker: "" },
      { name: "cli", limitUp: "default", limitDown: "default", tracker: "env" },
    );
    const settings = {
      "name": "kept",
      "limit-up": "2MB",
      "limit-down": "3MB",
      "tracker": "kept",
      "inbox": "/in",
    };
    const variables: Record<string, string> = {
      LANYARD_NAME: "env",
      LANYARD_LIMIT_UP: "5MB",
      LANYARD_LIMIT_DOWN: "",
    };
    fillIn(line, settings, (name) => variables[name]);
    assertEquals(line.values, {
      name: "flag",
      limitUp: "5000000 from env",
      limitDown: "3000000 from config",
      slots: undefined,
      tracker: "kept from config",
    });
  },
});

Deno.test({
  name: "fillIn: the port is for what runs long, and what is named to share is all that is shared",
  permissions: "none",
  fn: () => {
    const settings = { port: 9, share: ["/kept"] };
    const filled = (command: string, ...args: string[]): unknown => {
      const line = new FakeLine(command, { port: undefined, share: [] }, {}, args);
      fillIn(line, settings, () => undefined);
      return [line.values["port"], line.values["share"]];
    };
    assertEquals(filled("share"), ["9 from config", "/kept from config"]);
    assertEquals(filled("share", "/other"), ["9 from config", []]);
    assertEquals(filled("search", "text"), [undefined, "/kept from config"]);
  },
});

Deno.test({
  name: "hostile 24: fillIn names the variable whose value is wrong",
  permissions: "none",
  fn: () => {
    const line = new FakeLine("share", { slots: undefined });
    const error = assertThrows(
      () => fillIn(line, {}, () => "many"),
      LanyardError,
      'LANYARD_SLOTS cannot be "many". Give a whole number',
    );
    assertEquals(error.code, "usage");
  },
});

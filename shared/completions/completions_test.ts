import { assertEquals, assertStringIncludes } from "@std/assert";
import { programNode } from "./command_tree.ts";
import { completionScript, shells } from "./mod.ts";

const none = { options: [], registeredArguments: [], commands: [] };

/** A command as commander has it, whose texts have all that shells take for something else. */
const program = {
  ...none,
  name: () => "prog",
  description: () => "does things",
  commands: [
    {
      ...none,
      name: () => "go",
      description: () => "goes where it's $(told) [to]: `now`",
      options: [
        {
          long: "--into",
          short: "-i",
          flags: "-i, --into <folder>",
          description: "that \\ 'one' [or]: $none",
          hidden: false,
          required: true,
          optional: false,
        },
        {
          long: "--how",
          flags: "--how <way>",
          description: "fast or slow",
          hidden: false,
          required: true,
          optional: false,
          argChoices: ["fast", "slow"],
        },
        {
          long: "--secret",
          flags: "--secret",
          description: "not shown",
          hidden: true,
          required: false,
          optional: false,
        },
      ],
      registeredArguments: [{ name: () => "path" }],
    },
    { ...none, name: () => "old", description: () => "is not shown" },
  ],
};

Deno.test({
  name: "programNode reads what a command line offers, without what its help does not show",
  permissions: "none",
  fn: () => {
    const { commands: [go, ...others] } = programNode(program, ["old"]);
    assertEquals(others, []);
    assertEquals(go?.argument, { kind: "files" });
    assertEquals(go?.options.map(({ names, value }) => [names.join(" "), value?.kind]), [
      ["-i --into", "files"],
      ["--how", "words"],
      ["-h --help", undefined],
    ]);
  },
});

Deno.test({
  name: "completionScript quotes texts as each shell has it",
  permissions: "none",
  fn: () => {
    const script = (shell: typeof shells[number]): string =>
      completionScript(shell, programNode(program, ["old"]));
    const expected = {
      bash: ['words="-i --into --how -h --help"', "go:-i|go:--into) return ;;"],
      zsh: [
        "'*--into[that \\\\ '\\''one'\\'' \\[or\\]\\: $none]:value:_files'",
        "'go:goes where it'\\''s $(told) [to]: `now`'",
      ],
      fish: ["-s i -l into -r -F -d 'that \\\\ \\'one\\' [or]: $none'", "-r -a 'fast slow'"],
      powershell: ["'go --how' = @('fast', 'slow')", "'' = @('go')"],
    };
    for (const shell of shells) {
      for (const part of expected[shell]) assertStringIncludes(script(shell), part, shell);
      assertEquals(script(shell).includes("--secret"), false);
    }
  },
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { isPossible } from "./support/commands.ts";
import { TempFolder } from "./support/network.ts";
import { Program } from "./support/program.ts";

/** The script that a program prints for a shell, in a file. */
async function script(
  program: "peer" | "tracker",
  shell: string,
  temp: TempFolder,
): Promise<string> {
  await using running = new Program(program, ["completions", shell]);
  const { code, stdout, stderr } = await running.end();
  assertEquals([code, stderr], [0, ""]);
  return await temp.write(`${program}.${shell}`, stdout);
}

/** What a command prints. */
async function said(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const decoder = new TextDecoder();
  assert(success, decoder.decode(stderr));
  assertEquals(decoder.decode(stderr), "");
  return decoder.decode(stdout);
}

async function isInstalled(shell: string): Promise<boolean> {
  return await isPossible(`completions of ${shell}`, async () => {
    await new Deno.Command(shell, { args: ["-c", "true"] }).output();
  });
}

const hasBash = await isInstalled("bash");
const hasZsh = await isInstalled("zsh");
const hasFish = await isInstalled("fish");

/** What bash offers for the last of some words. */
async function bashOffers(file: string, ...words: string[]): Promise<string[]> {
  const typed = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const line = `source '${file}'; COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; ` +
    `_${words[0]}; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return (await said("bash", "--norc", "-c", line)).split("\n").filter((one) => one !== "")
    .sort();
}

Deno.test({
  name: "bash completes commands, options, values and keys of both programs",
  ignore: !hasBash,
  fn: async () => {
    await using temp = new TempFolder();
    const peer = await script("peer", "bash", temp);
    await said("bash", "-n", peer);
    assertEquals(await bashOffers(peer, "peer", "se"), ["search", "send", "settings"]);
    assertEquals(await bashOffers(peer, "peer", "get", "--limit-"), ["--limit-down", "--limit-up"]);
    assertEquals(await bashOffers(peer, "peer", "get", "--notify", "b"), ["bell"]);
    assertEquals(await bashOffers(peer, "peer", "get", "-o", "x"), []);
    assertEquals(await bashOffers(peer, "peer", "settings", "limit"), ["limit-down", "limit-up"]);
    assertEquals(await bashOffers(peer, "peer", "completions", "z"), ["zsh"]);
    assertEquals(await bashOffers(peer, "peer", "share", "x"), []);
    const tracker = await script("tracker", "bash", temp);
    assertEquals(await bashOffers(tracker, "tracker", "k"), ["kick"]);
    assert((await bashOffers(tracker, "tracker", "--o")).includes("--open"));
  },
});

Deno.test({
  name: "hostile 07: completing runs nothing of what was typed",
  ignore: !hasBash,
  fn: async () => {
    await using temp = new TempFolder();
    const trace = join(temp.path, "trace");
    const peer = await script("peer", "bash", temp);
    for (const typed of [`$(touch ${trace})`, `\`touch ${trace}\``, `;touch ${trace}`]) {
      await bashOffers(peer, "peer", "get", typed, "");
      await bashOffers(peer, "peer", typed);
      await bashOffers(peer, "peer", "get", "--notify", typed);
    }
    assertEquals(await Deno.stat(trace).catch(() => "missing"), "missing");
  },
});

Deno.test({
  name: "fish completes commands, options, values and keys",
  ignore: !hasFish,
  fn: async () => {
    await using temp = new TempFolder();
    const peer = await script("peer", "fish", temp);
    await said("fish", "--no-execute", peer);
    const offers = async (line: string): Promise<string[]> => {
      const told = await said(
        "fish",
        "--no-config",
        "-c",
        `source '${peer}'; complete -C '${line}'`,
      );
      return told.split("\n").filter((one) => one !== "").map((one) => one.split("\t")[0] ?? "");
    };
    assertEquals(await offers("peer se"), ["search", "send", "settings"]);
    assertEquals(await offers("peer get --notify b"), ["bell"]);
    assertEquals((await offers("peer get --limit-")).sort(), ["--limit-down", "--limit-up"]);
    assert((await offers("peer settings ")).includes("limit-up"));
  },
});

Deno.test({
  name: "zsh takes the script, and completes with it",
  ignore: !hasZsh,
  fn: async () => {
    await using temp = new TempFolder();
    const peer = await script("peer", "zsh", temp);
    await said("zsh", "-n", peer);
    const line = `autoload -U compinit; compinit -u -d '${temp.path}/dump'; source '${peer}'; ` +
      `print -r -- $_comps[peer]`;
    assertEquals(await said("zsh", "-f", "-c", line), "_peer\n");
  },
});

Deno.test("the script for PowerShell names every command, and no other shell has one", async () => {
  await using temp = new TempFolder();
  const text = await Deno.readTextFile(await script("peer", "powershell", temp));
  for (const one of ["'share'", "'--limit-down'", "'get --notify' = @('off', 'bell', 'osc9')"]) {
    assertStringIncludes(text, one);
  }
  await using running = new Program("peer", ["completions", "tcsh"]);
  const { code, stderr } = await running.end();
  assertEquals(code, 2);
  assertStringIncludes(stderr, "powershell");
});

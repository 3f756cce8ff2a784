import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { joining, startTracker, TempFolder } from "./support/network.ts";
import { type Ended, Program, runPeer } from "./support/program.ts";

async function settings(state: string, ...args: string[]): Promise<Ended> {
  return await runPeer(["settings", ...args, "--state", state]);
}

/** The names under which peers are there. */
async function names(tracker: string, state: string, file: string): Promise<unknown[]> {
  const args = ["peers", ...joining(tracker), "--state", state, "--share", file, "--json"];
  return (await runPeer(args)).lines.map(({ name }) => name);
}

Deno.test("peer settings shows, changes and takes out what is set", async () => {
  await using temp = new TempFolder();
  assertEquals((await settings(temp.path, "name", "ana")).stdout, "ana\n");
  assertEquals((await settings(temp.path, "name")).stdout, "ana\n");
  assertEquals((await settings(temp.path, "plain", "on")).stdout, "on\n");
  const share = await settings(temp.path, "share", temp.path, "a:b");
  assertEquals(share.stdout, `${temp.path}, ${join(Deno.cwd(), "a:b")}\n`);
  const file = join(temp.path, "settings.json");
  assertEquals(JSON.parse(await Deno.readTextFile(file)), {
    name: "ana",
    share: [temp.path, join(Deno.cwd(), "a:b")],
    plain: true,
  });
  const all = await settings(temp.path);
  assertStringIncludes(all.stdout, "ana  (name shown to others)");
  assertStringIncludes(all.stderr, file);
  assertEquals((await settings(temp.path, "name", "--unset", "--json")).lines, [
    { key: "name", value: null, source: "default" },
  ]);
  const listed = await settings(temp.path, "--json");
  assertEquals(listed.lines.find(({ key }) => key === "slots")?.["source"], "default");
  assertEquals(listed.lines.find(({ key }) => key === "plain"), {
    key: "plain",
    value: true,
    source: "settings",
  });
});

Deno.test("hostile 24: a setting that is wrong is an error that says so, and changes nothing", async () => {
  await using temp = new TempFolder();
  const wrong: [string[], string][] = [
    [["colour", "red"], "colour"],
    [["slots", "many"], "slots cannot be"],
    [["limit-up", "1"], "at least 1 kB"],
    [["name", "two", "words"], "quotes"],
    [["--unset"], "peer settings KEY --unset"],
    [["name", "x", "--unset"], "peer settings KEY --unset"],
    [["tracker", "lanyard://h:1#a.b"], "peer join"],
  ];
  for (const [args, says] of wrong) {
    const { code, stdout, stderr } = await settings(temp.path, ...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, says);
  }
  assertEquals([...Deno.readDirSync(temp.path)], []);
});

Deno.test("a flag counts before the environment, that before settings, these before defaults", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const file = await temp.write("mine.txt", "mine");
  const state = join(temp.path, "state");
  await settings(state, "name", "kept");
  assert((await names(tracker.address, state, file)).includes("kept"));
  const args = ["peers", ...joining(tracker.address), "--state", state, "--share", file, "--json"];
  const env = { LANYARD_NAME: "variable" };
  const named = async (...more: string[]): Promise<unknown[]> =>
    (await runPeer([...args, ...more], { env })).lines.map(({ name }) => name);
  assert((await named()).includes("variable"));
  assert((await named("--name", "flag")).includes("flag"));
});

Deno.test("what is shared, the tracker and encryption can be settings or variables", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const file = await temp.write("mine.txt", "mine");
  const state = join(temp.path, "state");
  await settings(state, "plain", "on");
  await settings(state, "share", file);
  const env = { LANYARD_TRACKER: tracker.address, LANYARD_LIMIT_UP: "" };
  const { code, lines } = await runPeer(["search", "mine", "--state", state, "--json"], { env });
  assertEquals([code, lines.map(({ name }) => name)], [0, ["mine.txt"]]);
  await settings(state, "tracker", tracker.address);
  await using share = new Program("peer", ["share", "--state", state, "--json", "--port", "0"]);
  assertEquals((await share.event("ready"))["files"], 1);
});

Deno.test("hostile 27: damaged settings end every command with the key and the file", async () => {
  await using temp = new TempFolder();
  const file = await temp.write("settings.json", '{"slots": "four"}');
  for (const command of [["search", "x"], ["share"], ["settings"], ["shell"]]) {
    const { code, stderr } = await runPeer([...command, "--state", temp.path]);
    assertEquals(code, 2, command[0]);
    assertStringIncludes(stderr, `${file}: "slots" is wrong. Give a number, without quotes.`);
  }
  const variable = await runPeer(["share", "--state", join(temp.path, "other")], {
    env: { LANYARD_SLOTS: "four" },
  });
  assertEquals(variable.code, 2);
  assertStringIncludes(variable.stderr, 'LANYARD_SLOTS cannot be "four"');
});

Deno.test("who joins another tracker uses that one from then on, whatever was set before", async () => {
  await using one = await startTracker();
  await using other = await startTracker();
  await using temp = new TempFolder();
  const state = join(temp.path, "state");
  const file = await temp.write("mine.txt", "mine");
  await settings(state, "tracker", `127.0.0.1:${one.tlsPort}`);
  const link = await temp.write("link", other.link);
  assertEquals((await runPeer(["join", `@${link}`, "--state", state])).code, 0);
  assertEquals((await settings(state, "tracker", "--json")).lines[0]?.["source"], "default");
  const { code } = await runPeer(["peers", "--state", state, "--share", file]);
  assertEquals(code, 0);
  await other.program.event("joined");
});

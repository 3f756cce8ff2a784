import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { joining, noise, startShare, startTracker, TempFolder } from "./support/network.ts";
import { commandFor } from "./support/program.ts";
import { canMakeLans, Lan } from "./support/lan.ts";
import { track } from "./support/strangers.ts";
import { atHome, hasTmux, Terminal, type TerminalOptions } from "./support/tmux.ts";
import { eventually, patience } from "./support/waiting.ts";

const ignore = !await hasTmux();

/** What is typed behind, with or without how far the copies are. */
const prompt = /^lanyard(?: \d+ %)?>$/m;

/** A shell in a terminal, with a home of its own and something shared. */
async function openShell(
  tracker: string,
  temp: TempFolder,
  args: readonly string[] = [],
  options: TerminalOptions = {},
): Promise<Terminal> {
  const own = await temp.write("own/own.txt", "own");
  return await Terminal.open(
    [
      ...commandFor("peer"),
      ...["shell", ...joining(tracker), "--state", join(temp.path, "state"), "--port", "0"],
      ...["--share", own, "--output", join(temp.path, "out"), ...args],
    ],
    { ...options, env: { ...atHome(temp.path), LANYARD_DISCOVERY: "off", ...options.env } },
  );
}

Deno.test({
  name: "peer shell: a file is found and copied by its number, with history and completion",
  ignore,
  fn: async () => {
    await using tracker = await startTracker();
    await using temp = new TempFolder();
    await temp.write("ana/Week 3.txt", "Bring the handout.");
    await temp.write("ana/Other.txt", "other");
    const share = [join(temp.path, "ana")];
    await using _ana = await startShare(tracker.address, share, ["--name", "ana"]);
    await using shell = await openShell(tracker.address, temp);

    const start = await shell.until(prompt);
    assertMatch(start, /^ +1 +search TEXT/m);
    assertMatch(start, /^ +0 +exit/m);

    await shell.type("sea");
    await shell.press("Tab");
    await shell.until(/lanyard> search$/m, "the completed command");
    await shell.enter("week");
    await shell.until(/^ +1 +ana\/Week 3\.txt .* ana at [\d.:]+$/m);
    await shell.enter("download 1");
    await shell.until(/out\/Week 3\.txt {2}18 B from 1 peer/);
    assertEquals(await Deno.readTextFile(join(temp.path, "out/Week 3.txt")), "Bring the handout.");

    await shell.press("Up");
    await shell.until(/lanyard> download 1$/m);
    await shell.press("Up");
    await shell.until(/lanyard> search week$/m);
    await shell.press("C-c");
    await shell.type("get w");
    await shell.press("Tab");
    await shell.until(/lanyard> get "Week 3\.txt"$/m, "the completed name");
    await shell.press("Enter");
    await shell.until(/Week 3\.txt {2}18 B, already here/);

    await shell.enter("peers");
    await shell.until(/^ +\d {2}ana {2}127\.0\.0\.1:\d+ {2}2 files/m);
    await shell.enter("serch week");
    await shell.until(/There is no command "serch"; did you mean search\?/);
    await shell.enter("exit");
    assertEquals(await shell.end(), 0);

    const history = join(temp.path, "state/shell_history");
    const kept = (await Deno.readTextFile(history)).trimEnd().split("\n");
    assertEquals(kept, [
      "search week",
      "download 1",
      'get "Week 3.txt"',
      "peers",
      "serch week",
      "exit",
    ]);
    assertEquals(((await Deno.stat(history)).mode ?? 0) & 0o777, 0o600);
    await using again = await openShell(tracker.address, temp);
    await again.until(prompt);
    await again.press("Up", "Up");
    await again.until(/lanyard> serch week$/m, "the history of the run before");
  },
});

Deno.test({
  name: "peer shell: what is typed is not garbled by a copy that ends meanwhile",
  ignore,
  fn: async () => {
    await using tracker = await startTracker();
    await using temp = new TempFolder();
    await temp.write("ana/big.bin", noise(4_000_000));
    await using _ana = await startShare(tracker.address, [join(temp.path, "ana")]);
    await using shell = await openShell(tracker.address, temp, ["--limit-down", "600kB"], {
      columns: 60,
    });
    await shell.until(prompt);
    await shell.enter("get big.bin");
    await shell.until(/1\. Copying big\.bin, 4\.00 MB, to/);
    await shell.enter("transfers");
    await shell.until(/^1\. big\.bin, 4\.00 MB: \d+ %/m);
    const typed = "search something with a text that is longer than the screen is wide";
    await shell.type(typed);
    await shell.until(/lanyard [1-9]\d? %> search something/, "the progress in the prompt");
    const done = await shell.until(/out\/big\.bin {2}4\.00 MB from 1 peer in/);
    assertStringIncludes(done, "out/big.bin  4.00 MB from 1 peer in");
    const after = await shell.until(new RegExp(`lanyard> ${typed}$`), "the line as it was typed");
    assertEquals(after.split("search something").length, 2, after);
    await shell.press("C-c");
    await shell.until(prompt);
    await shell.press("C-c");
    await shell.until(/press Ctrl-C again/);
    await shell.press("C-c");
    assertEquals(await shell.end(), 0);
    assertEquals((await Deno.stat(join(temp.path, "out/big.bin"))).size, 4_000_000);
  },
});

Deno.test({
  name: "peer alone on a terminal explains itself the first time, and is a menu",
  ignore,
  fn: async () => {
    await using tracker = await startTracker();
    await using temp = new TempFolder();
    const env = {
      ...atHome(temp.path),
      XDG_STATE_HOME: join(temp.path, "state"),
      LANYARD_DISCOVERY: "off",
      LANYARD_TRACKER: tracker.address,
      LANYARD_PLAIN: "on",
    };
    await using shell = await Terminal.open(commandFor("peer"), { env });
    await shell.until(/The name that others see \[.+\]:$/m);
    await shell.enter("Carla");
    await shell.until(/The folder that you share \[.*\/Lanyard\]:$/m);
    await shell.press("Enter");
    const start = await shell.until(prompt);
    assertStringIncludes(start, "You are Carla");
    assert(start.split("\n").indexOf("") <= 10, "the explanation is short");
    // Whoever just presses Enter has something to share, so is served at once.
    await shell.enter("4");
    await shell.until(/Carla/);
    await shell.enter("1");
    await shell.until(/Part of the name\?$/m);
    await shell.enter("about this");
    await shell.until(/Lanyard\/About this folder\.txt/);
    await shell.enter("0");
    assertEquals(await shell.end(), 0);
    const state = join(temp.path, "state/lanyard");
    assertEquals(JSON.parse(await Deno.readTextFile(join(state, "settings.json"))), {
      name: "Carla",
      share: [join(temp.path, "Lanyard")],
    });
    const history = await Deno.readTextFile(join(state, "shell_history"));
    assertEquals(history, "4\n1\n0\n");
    await using again = await Terminal.open(commandFor("peer"), { env });
    assertStringIncludes(await again.until(prompt), "You are Carla");
  },
});

Deno.test({
  name: "peer shell asks where a name is not clear, and before copies are given up",
  ignore,
  fn: async () => {
    await using tracker = await startTracker();
    await using temp = new TempFolder();
    await temp.write("ana/a/same.txt", "one");
    await temp.write("ana/b/same.txt", "other");
    await temp.write("ana/slow.bin", noise(3_000_000));
    await using _ana = await startShare(tracker.address, [join(temp.path, "ana")]);
    await using shell = await openShell(tracker.address, temp, ["--limit-down", "100kB"]);
    await shell.until(prompt);
    await shell.enter("get same.txt");
    await shell.until(/Which one\? \(its number\)$/m);
    await shell.enter("9");
    await shell.until(/None was chosen/);
    await shell.enter("get same.txt");
    await shell.until(/Which one\? \(its number\)[^]*Which one\? \(its number\)$/m);
    await shell.enter("1");
    await shell.until(/out\/same\.txt {2}\d B from 1 peer/);
    await shell.enter("get slow.bin");
    await shell.until(/Copying slow\.bin/);
    await shell.enter("exit");
    await shell.until(/Leave\? \(y\/N\)$/m);
    await shell.enter("n");
    await shell.until(/^lanyard \d+ %>$/m);
    await shell.press("C-z"); // It takes a permission that the program does not have.
    await shell.enter("exit");
    await shell.until(/Leave\? \(y\/N\)[^]*Leave\? \(y\/N\)$/m);
    await shell.enter("y");
    assertEquals(await shell.end(), 0);
  },
});

Deno.test({
  name: "peer shell is of use on a terminal of 20 columns",
  ignore,
  fn: async () => {
    await using tracker = await startTracker();
    await using temp = new TempFolder();
    await temp.write("ana/Week 3.txt", "Bring the handout.");
    await using _ana = await startShare(tracker.address, [join(temp.path, "ana")]);
    await using shell = await openShell(tracker.address, temp, [], { columns: 20, rows: 30 });
    const start = await shell.until(prompt);
    assertMatch(start, /^ +1 +search/m);
    await shell.enter("search week");
    await shell.until(/1 {2}ana\/Week 3\.txt/);
    await shell.enter("download 1");
    await shell.until(/out\/Week 3\.txt {2}18 B from 1 peer/);
    await shell.resize(80, 30);
    await shell.enter("exit");
    assertEquals(await shell.end(), 0);
  },
});

Deno.test({
  name: "two who only type peer, and press Enter, share and copy on a network without a tracker",
  ignore: ignore || !await canMakeLans(),
  fn: async () => {
    await using lan = await Lan.start(2);
    await using temp = new TempFolder();
    const sit = async (at: number, name: string): Promise<Terminal> => {
      const home = await temp.folder(name);
      const env = { ...atHome(home), LANYARD_STATE: join(home, "state"), LANYARD_NAME: name };
      return await Terminal.open([...lan.machine(at).prefix, ...commandFor("peer")], { env });
    };
    await using ana = await sit(0, "ana");
    await ana.until(/The name that others see \[ana\]:$/m);
    await ana.press("Enter");
    await ana.until(/The folder that you share \[.*\/Lanyard\]:$/m);
    await ana.press("Enter");
    await ana.until(/Shall this machine be the tracker while this runs\? \(Y\/n\)$/m);
    await ana.press("Enter");
    const start = await ana.until(prompt);
    const [, words] = /This machine is the tracker now; its words are: (.*)$/m.exec(start) ?? [];
    assertMatch(words ?? "", /^\w+ \w+ \w+ \w+$/);

    await using ben = await sit(1, "ben");
    await ben.until(/The name that others see \[ben\]:$/m);
    await ben.press("Enter");
    await ben.until(/The folder that you share/);
    await ben.press("Enter");
    assertStringIncludes(await ben.until(prompt), `Its words are: ${words}`);
    await ben.enter("1");
    await ben.until(/Part of the name\?$/m);
    await ben.enter("about");
    await ben.until(/^ +1 {2}Lanyard\/About this folder\.txt/m);
    await ben.enter("4");
    await ben.until(/ana {2}/);
    for (const shell of [ben, ana]) {
      await shell.enter("0");
      assertEquals(await shell.end(), 0);
    }
  },
});

Deno.test({
  name: "peer shell asks which of two trackers is meant before orders are typed",
  ignore: ignore || !await canMakeLans(),
  fn: async () => {
    await using lan = await Lan.start(3);
    await using _lab = await track(lan.machine(0), "lab");
    await using office = await track(lan.machine(1), "office");
    await using temp = new TempFolder();
    const own = await temp.write("own/own.txt", "own");
    const state = join(temp.path, "state");
    const command = [...lan.machine(2).prefix, ...commandFor("peer")];
    await using shell = await Terminal.open(
      [...command, "shell", "--share", own, "--state", state],
      { env: atHome(temp.path) },
    );
    const asked = await shell.until(/Which one \(1 to 2\)\?$/m);
    const [, number = ""] = /(\d) {2}office at /.exec(asked) ?? [];
    await shell.enter("3");
    await shell.enter(number);
    assertStringIncludes(await shell.until(prompt), 'The tracker "office" is met');
    await office.program.event("joined");
    await shell.enter("list");
    await shell.until(/^ +1 {2}own\.txt/m);
    await shell.enter("exit");
    assertEquals(await shell.end(), 0);
  },
});

Deno.test({
  name: "peer shell: Ctrl-C stops an order, and nobody who leaves waits for a silent tracker",
  ignore,
  fn: async () => {
    await using temp = new TempFolder();
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepted: Deno.Conn[] = [];
    const accepting = (async () => {
      for await (const connection of silent) accepted.push(connection);
    })();
    try {
      await using shell = await openShell(`127.0.0.1:${silent.addr.port}`, temp);
      await shell.until(prompt);
      await shell.enter("list");
      await eventually(() => accepted.length >= 3 || undefined, patience, "the order's connection");
      await shell.press("C-c");
      await shell.until(/^Stopped$[^]*^lanyard>$/m);
      await shell.enter("exit");
      assertEquals(await shell.end(), 0);
    } finally {
      silent.close();
      for (const connection of accepted) connection.close();
      await accepting;
    }
  },
});

Deno.test({
  name: "peer shell leaves the terminal as it was, also after a signal",
  ignore,
  fn: async () => {
    await using tracker = await startTracker();
    await using temp = new TempFolder();
    const own = await temp.write("own/own.txt", "own");
    const args = ["shell", ...joining(tracker.address), "--state", join(temp.path, "state")];
    const quoted = [...commandFor("peer"), ...args, "--port", "0", "--share", own]
      .map((word) => `'${word}'`).join(" ");
    const script = `stty -a > ${temp.path}/before; ${quoted} & echo $! > ${temp.path}/pid; ` +
      `fg > /dev/null; echo "status $?"; stty -a > ${temp.path}/after`;
    await using shell = await Terminal.open(["bash", "-m", "-c", script], {
      env: { ...atHome(temp.path), LANYARD_DISCOVERY: "off" },
    });
    await shell.until(prompt);
    await shell.type("half a line");
    await shell.until(/half a line$/m);
    Deno.kill(Number(await Deno.readTextFile(join(temp.path, "pid"))), "SIGTERM");
    await shell.until(/status 143/);
    await shell.end();
    const [before, after] = await Promise.all(
      ["before", "after"].map((name) => Deno.readTextFile(join(temp.path, name))),
    );
    assertEquals(after, before);
  },
});

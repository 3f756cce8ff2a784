import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { decodeBase64Url, encodeHex } from "@std/encoding";
import { join } from "@std/path";
import { KeyHolder } from "./support/key_holder.ts";
import { type RunningTracker, startShare, startTracker, TempFolder } from "./support/network.ts";
import { invite, operate, startInviteOnly } from "./support/operator.ts";
import { type Ended, Program, runPeer } from "./support/program.ts";

/** Somebody with a state folder of their own, who shares a file whenever they run a command. */
class Guest implements AsyncDisposable {
  readonly temp = new TempFolder();

  async run(command: string, ...args: string[]): Promise<Ended> {
    return await runPeer([command, ...await this.args(), ...args]);
  }

  /** Accepts an invite. The link is in a file, where nobody sees it. */
  async join(link: string): Promise<Ended> {
    const file = await this.temp.write("link.txt", `${link}\n`);
    return await runPeer(["join", `@${file}`, "--state", this.state, "--json"]);
  }

  get state(): string {
    return join(this.temp.path, "state");
  }

  async args(): Promise<string[]> {
    const own = await this.temp.write("own file.txt", "own");
    return ["--state", this.state, "--share", own, "--json"];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.temp[Symbol.asyncDispose]();
  }
}

/** Exit status and error code of a run. */
function outcome({ code, lines }: Ended): [number, unknown] {
  return [code, lines.find(({ event }) => event === "error")?.["code"]];
}

const fine: [number, unknown] = [0, undefined];

/** The tracker's port, and where its key is shown. */
function server({ tlsPort, program }: RunningTracker): {
  port: number;
  id: string;
  purpose: "tracker";
} {
  return { port: tlsPort, id: String(program.lines[0]?.["id"]), purpose: "tracker" };
}

Deno.test("tracker --invite-only lets in who has its link, once and for all, and nobody else", async () => {
  await using tracker = await startInviteOnly();
  assertEquals(tracker.program.lines[0]?.["port"], null);
  await using guest = new Guest();
  await using stranger = new Guest();
  const { link } = await invite(tracker);
  assertEquals(outcome(await guest.join(link)), fine);
  assertEquals(outcome(await guest.run("list")), fine, "without the link, at the same tracker");
  const refused = await stranger.run("list", "--tracker", tracker.link);
  assertEquals(outcome(refused), [4, "not-invited"]);
  assertMatch(String(refused.lines.at(-1)?.["message"]), /join link.*peer join/);
});

Deno.test("tracker invite --rotate voids the links given out so far, and members stay", async () => {
  await using tracker = await startInviteOnly();
  await using member = new Guest();
  await using late = new Guest();
  const old = await invite(tracker);
  assertEquals((await invite(tracker)).link, old.link);
  assertEquals(outcome(await member.join(old.link)), fine);
  const next = await invite(tracker, "--rotate");
  assertNotEquals(next.link, old.link);
  const refused = await late.join(old.link);
  assertEquals(outcome(refused), [4, "wrong-key"]);
  assertMatch(String(refused.lines.at(-1)?.["message"]), /ask for a new join link/);
  assertEquals(outcome(await late.join(next.link)), fine);
  assertEquals(outcome(await member.run("list")), fine);
  assertEquals(outcome(await member.join(old.link)), fine, "a member needs no key");
});

Deno.test("members, bans and the link outlive the tracker", async () => {
  await using state = new TempFolder();
  await using ana = new Guest();
  await using bo = new Guest();
  const args = ["--state", state.path];
  let first: { link: string; key: string };
  {
    await using tracker = await startInviteOnly(args);
    first = await invite({ state });
    for (const guest of [ana, bo]) assertEquals(outcome(await guest.join(first.link)), fine);
    await using share = await startShare(tracker.link, [], ["--name", "bo", ...await bo.args()]);
    assertEquals((await operate({ state }, ["ban", "bo"])).code, 0);
    assertEquals((await share.program.end()).code, 4);
    tracker.program.kill("SIGKILL");
    await tracker.program.end();
  }
  await using tracker = await startInviteOnly(args);
  assertEquals((await invite({ state })).key, first.key);
  assertEquals(outcome(await ana.run("list", "--tracker", tracker.link)), fine);
  assertEquals(outcome(await bo.run("list", "--tracker", tracker.link)), [4, "banned"]);
});

Deno.test("tracker kick ends a membership: what runs ends, and the link is needed again", async () => {
  await using tracker = await startInviteOnly();
  await using ana = new Guest();
  const { link } = await invite(tracker);
  await ana.join(link);
  await using share = await startShare(tracker.link, [], ["--name", "ana", ...await ana.args()]);
  const kicked = await operate(tracker, ["kick", "ana", "--json"]);
  assertEquals(kicked.lines, [{ peer: share.ready["peer"], name: "ana", inviteOnly: true }]);
  assertEquals(outcome(await share.program.end()), [4, "not-invited"]);
  assertEquals(outcome(await ana.run("list")), [4, "not-invited"]);
  assertEquals(outcome(await ana.join(link)), fine);
  assertEquals(outcome(await ana.run("list")), fine);
});

Deno.test("tracker kick reaches a member that is not here", async () => {
  await using tracker = await startInviteOnly();
  await using ana = new Guest();
  const { link } = await invite(tracker);
  await runPeer([
    "join",
    `@${await ana.temp.write("link", link)}`,
    "--state",
    ana.state,
    "--name",
    "zoe",
  ]);
  assertEquals((await operate(tracker, ["kick", "zoe"])).code, 0);
  assertEquals(outcome(await ana.run("list")), [4, "not-invited"]);
});

Deno.test("hostile 48: after five wrong keys none is looked at, and members are served", async () => {
  await using tracker = await startInviteOnly();
  await using member = new Guest();
  const { link, key } = await invite(tracker);
  await member.join(link);
  for (let guess = 0; guess < 5; guess++) {
    const guesser = await KeyHolder.make();
    const wrong = { invite: `${"A".repeat(21)}${guess}` };
    const { connection, answer } = await guesser.greet(server(tracker), {}, wrong);
    using _connection = connection;
    assertEquals([answer.verb, answer["code"], answer["fatal"]], ["ERROR", "wrong-key", true]);
  }
  const late = await KeyHolder.make();
  const { connection, answer } = await late.greet(server(tracker), {}, { invite: key });
  using _connection = connection;
  assertEquals([answer["code"], answer["fatal"]], ["refused", true]);
  assertMatch(String(answer["message"]), /try again in a minute/);
  assertEquals(outcome(await member.run("list")), fine);
});

Deno.test("hostile 49: the key of an invite is in no output, no error and no argument but the link", async () => {
  await using tracker = await startInviteOnly();
  await using guest = new Guest();
  const first = await invite(tracker);
  const second = await invite(tracker, "--rotate");
  const runs = [
    await guest.join(first.link),
    await guest.join(second.link),
    await guest.run("list"),
    await guest.run("get", "nothing"),
    await operate(tracker, ["status"]),
    await operate(tracker, ["status", "--json"]),
    await operate(tracker, ["kick", "nobody"]),
    await operate(tracker, ["kick", "nobody", "--json"]),
  ];
  const { token } = JSON.parse(await Deno.readTextFile(join(tracker.state.path, "control.json")));
  const secrets = [first.key, second.key, String(token)];
  for (const secret of secrets) assertMatch(secret, /^[\w-]{22,43}$/);
  const told = [...runs, tracker.program].map(({ stdout, stderr }) => `${stdout}\n${stderr}`);
  if (Deno.build.os === "linux") {
    await using inviting = new Program("tracker", ["invite", "--state", tracker.state.path]);
    for (const pid of [inviting.pid, tracker.program.pid]) {
      for (const file of ["cmdline", "environ"]) {
        told.push(await Deno.readTextFile(`/proc/${pid}/${file}`));
      }
    }
    const { stdout } = await inviting.end();
    assert(stdout.includes(second.key), "the link is where the link is asked for");
  }
  for (const text of told) {
    for (const secret of secrets) assert(!text.includes(secret), text);
  }
  assertEquals(await filesWith(guest.temp.path, secrets), ["link.txt"], "and the guest keeps none");
});

/** Names of the files below a folder that hold a secret, as text or as the bytes it stands for. */
async function filesWith(folder: string, secrets: readonly string[]): Promise<string[]> {
  const sought = secrets.flatMap((secret) => [
    encodeHex(new TextEncoder().encode(secret)),
    encodeHex(decodeBase64Url(secret)),
  ]);
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await filesWith(path, secrets));
    if (!isFile) continue;
    const content = encodeHex(await Deno.readFile(path));
    if (sought.some((hex) => content.includes(hex))) found.push(name);
  }
  return found;
}

Deno.test("tracker invite needs encrypted connections, and says so", async () => {
  await using tracker = await startTracker(["--tls-port", "off"]);
  const { code, stdout, stderr } = await operate(tracker, ["invite"]);
  assertEquals([code, stdout], [4, ""]);
  assertMatch(stderr, /--tls-port off/);
});

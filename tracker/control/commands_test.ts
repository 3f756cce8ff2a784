import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { decodeBase64Url } from "@std/encoding";
import { LanyardError, parseJoinLink } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { hex } from "../_fakes.ts";
import { aGovernor, type Governed } from "./_fakes.ts";
import {
  type CommandOutput,
  decide,
  type InviteOptions,
  showInvite,
  showStatus,
} from "./commands.ts";
import { ControlFile } from "./control_file.ts";
import { ControlServer } from "./server.ts";

/** A tracker that is governed from the command line, and what is printed there. */
class Desk implements AsyncDisposable {
  readonly temp = new TempFolder();
  readonly governed: Governed;
  readonly printed: string[] = [];
  readonly warned: string[] = [];
  readonly #server: ControlServer;

  constructor(inviteOnly: boolean) {
    this.governed = aGovernor({ inviteOnly });
    const { admission, clock, target } = this.governed;
    this.#server = ControlServer.open({
      file: ControlFile.claim(this.temp.path),
      id: hex(0xf00),
      port: 0,
      orFree: false,
      admission,
      clock,
      onError: (error) => {
        throw error;
      },
    });
    this.#server.serve(target);
  }

  output(given: Partial<CommandOutput> = {}): CommandOutput {
    return {
      json: false,
      isTerminal: false,
      print: (line) => void this.printed.push(line),
      warn: (line) => void this.warned.push(line),
      ...given,
    };
  }

  async invite(
    options: Partial<InviteOptions> = {},
    output: Partial<CommandOutput> = {},
  ): Promise<string[]> {
    const given = { rotate: false, qr: false, address: "lab.local", ...options };
    await showInvite(this.temp.path, given, this.output(output));
    return this.printed.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    await this.temp[Symbol.asyncDispose]();
  }
}

Deno.test("showInvite prints a link that leads to this tracker, and says that it is a secret", async () => {
  await using desk = new Desk(true);
  const [link = "", ...rest] = await desk.invite();
  assertEquals(rest, []);
  assertEquals(parseJoinLink(link), {
    host: "lab.local",
    port: 2223,
    id: hex(0xf00),
    key: decodeBase64Url(desk.governed.admission.invite),
  });
  assertMatch(desk.warned.join(), /^Whoever has this link can join; --rotate /);
  assertNotEquals(await desk.invite({ rotate: true }), [link]);
  assertNotEquals(await desk.invite(), [link]);
});

Deno.test("showInvite prints a link without a secret where none is needed", async () => {
  await using desk = new Desk(false);
  const [link = ""] = await desk.invite();
  assertEquals(parseJoinLink(link), { host: "lab.local", port: 2223, id: hex(0xf00) });
  assertMatch(desk.warned.join(), /takes everybody/);
});

Deno.test("showInvite takes an address of this machine unless it is given one", async () => {
  await using desk = new Desk(true);
  const own = Deno.networkInterfaces().find(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.") && !address.startsWith("169.254.")
  );
  const attempt = showInvite(desk.temp.path, { rotate: false, qr: false }, desk.output());
  if (own === undefined) await assertRejects(() => attempt, LanyardError, "--address");
  else {
    await attempt;
    assertEquals(parseJoinLink(desk.printed[0] ?? "")?.host, own.address);
  }
});

Deno.test("showInvite draws the link for people, and prints one object for programs", async () => {
  await using desk = new Desk(true);
  const [link, drawn = ""] = await desk.invite({ qr: true });
  assertMatch(drawn, /^[ ▀▄█\n]+$/);
  const lines = drawn.split("\n");
  assertEquals(new Set(lines.map((line) => line.length)), new Set([lines[0]?.length]));
  const [, onTerminal = ""] = await desk.invite({}, { isTerminal: true });
  // deno-lint-ignore no-control-regex
  assertEquals(onTerminal.replaceAll(/\u001b\[(?:97;40|0)m/g, ""), drawn);
  assertNotEquals(onTerminal, drawn);
  const [json = "", ...rest] = await desk.invite({ qr: true }, { json: true, isTerminal: true });
  assertEquals([JSON.parse(json), rest], [
    { link, host: "lab.local", port: 2223, id: hex(0xf00) },
    [],
  ]);
});

Deno.test("showInvite voids no link when it cannot print another one", async () => {
  await using desk = new Desk(true);
  const { invite } = desk.governed.admission;
  await assertRejects(() => desk.invite({ rotate: true, address: "a b" }), LanyardError);
  assertEquals(desk.governed.admission.invite, invite);
});

Deno.test("showStatus says how the tracker is, to people and to programs", async () => {
  await using desk = new Desk(true);
  const { clock, governor } = desk.governed;
  for (
    const [seconds, says] of [[59, "59 s"], [1, "1 min"], [3540, "1 h 0 min"], [82_800, "1 d 0 h"]]
  ) {
    clock.advance(Number(seconds));
    await showStatus(desk.temp.path, desk.output());
    assert(desk.printed.pop()?.includes(`Running:  for ${says}\n`), `${says}`);
  }
  desk.governed.target.tlsPort = undefined;
  await showStatus(desk.temp.path, desk.output());
  const text = desk.printed.pop() ?? "";
  assertMatch(text, /Ports: {4}2222 \(plain\), \d+ \(these commands, from this machine only\)\n/);
  assertMatch(
    text,
    /members only\n.*4 sessions, 3 of them share 99 files\nSearches: 0 in .*\nMemory: +\d+ MB$/,
  );
  await showStatus(desk.temp.path, desk.output({ json: true }));
  const { httpPort, memory, ...status } = JSON.parse(desk.printed.pop() ?? "");
  const { memory: given } = governor.status();
  assertEquals({ ...status, httpPort: 2280, memory: given }, { ...governor.status() });
  assertEquals([typeof httpPort, typeof memory], ["number", "number"]);
});

Deno.test("decide says what was done, and how somebody may come back", async () => {
  for (const inviteOnly of [true, false]) {
    await using desk = new Desk(inviteOnly);
    for (const what of ["kick", "ban", "unban"] as const) {
      const who = what === "kick" ? "bo" : "ana";
      await decide(what, desk.temp.path, who, desk.output());
    }
    const [kicked, banned = "", unbanned] = desk.printed;
    assertEquals(kicked, "bo (0000000000000000) was put out");
    assertEquals(unbanned, "ana (0000000000000000) is no longer banned");
    assertEquals(banned.startsWith("ana (0000000000000000) is banned for ever"), true);
    assertEquals(/, and its address 192\.0\.2\.7 until ./.test(banned), !inviteOnly);
    assertEquals(desk.warned.length, inviteOnly ? 2 : 1);
    assertMatch(desk.warned[0] ?? "", inviteOnly ? /tracker invite --rotate$/ : /tracker ban$/);
  }
});

Deno.test("hostile 07: decide shows what cannot be seen in a name", async () => {
  await using desk = new Desk(true);
  desk.governed.target.sessions = [
    { peer: hex(7), name: "\u202egpj.exe", address: "192.0.2.7" },
  ];
  await decide("ban", desk.temp.path, "192.0.2.7", desk.output());
  assertMatch(desk.printed.join(), /^\\u\{202e\}gpj\.exe \(/);
});

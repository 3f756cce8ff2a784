import { assertEquals, assertRejects } from "@std/assert";
import { CommanderError } from "commander";
import { trackerCommand } from "./cli.ts";

const permissions = {
  env: ["LANYARD_STATE", "LANYARD_INDEX", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"],
};

/** What a command line makes the tracker do, and with what. */
async function run(...args: string[]): Promise<[string, ...unknown[]]> {
  let done: [string, ...unknown[]] = ["nothing"];
  const act = (name: string) => (...given: unknown[]): Promise<void> => {
    done = [name, ...given.slice(0, name === "decide" ? 3 : 1)];
    return Promise.resolve();
  };
  const command = trackerCommand("lab", {
    serve: act("serve"),
    status: act("status"),
    invite: act("invite"),
    completions: (script) => done = ["completions", script],
    decide: act("decide"),
  });
  for (const one of [command, ...command.commands]) {
    one.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  }
  await command.parseAsync(args, { from: "user" });
  return done;
}

const defaults = {
  host: "::",
  name: "lab",
  maxFiles: 1_000_000,
  open: false,
  classic: true,
  discovery: true,
  idleTimeout: 90,
  index: { kind: "memory" },
  freshIndex: false,
  tlsOnly: false,
  inviteOnly: false,
  json: false,
  quiet: false,
};

Deno.test("trackerCommand serves, with or without saying so", { permissions }, async () => {
  Deno.env.delete("LANYARD_STATE");
  Deno.env.delete("LANYARD_INDEX");
  for (const args of [[], ["serve"]]) assertEquals(await run(...args), ["serve", defaults]);
  const given = ["--port", "off", "--tls-port", "0", "--http-port", "7", "--invite-only"];
  const more = ["--tls-only", "--max-per-address", "3", "--state", "here", "--name", "yard"];
  for (const args of [[], ["serve"]]) {
    assertEquals(await run(...args, ...given, ...more), ["serve", {
      ...defaults,
      port: "off",
      tlsPort: 0,
      httpPort: 7,
      inviteOnly: true,
      tlsOnly: true,
      maxPerAddress: 3,
      state: "here",
      name: "yard",
    }]);
  }
});

Deno.test("trackerCommand governs", { permissions }, async () => {
  Deno.env.delete("LANYARD_STATE");
  Deno.env.delete("LANYARD_INDEX");
  assertEquals(await run("status", "--json"), ["status", { json: true }]);
  assertEquals(await run("invite"), ["invite", { json: false, rotate: false, qr: false }]);
  assertEquals(
    await run("invite", "--rotate", "--qr", "--address", "lab", "--state", "here"),
    ["invite", { json: false, rotate: true, qr: true, address: "lab", state: "here" }],
  );
  for (const what of ["kick", "ban", "unban"]) {
    assertEquals(await run(what, "ana"), ["decide", what, "ana", { json: false }]);
  }
});

Deno.test("trackerCommand refuses what is no port, no name and no command", {
  permissions,
}, async () => {
  for (
    const args of [
      ["--port", "65536"],
      ["--port", "on"],
      ["--tls-port", "-1"],
      ["--http-port", "1e3"],
      ["--max-per-address", "0"],
      ["--name", " "],
      ["--name", "x".repeat(65)],
      ["stray"],
      ["status", "--port", "1"],
      ["kick"],
      ["ban", "ana", "bo"],
    ]
  ) {
    await assertRejects(() => run(...args), CommanderError);
  }
});

/** The `tracker` program: reads the command line and runs a tracker, or governs one that runs. */
import "../net/trust_store.ts";
import { CommanderError } from "commander";
import { idWords } from "../net/mod.ts";
import {
  defaultStateFolder,
  exitCodes,
  exitStatus,
  LanyardError,
  printableJson,
  printableLines,
  reasonOf,
} from "../shared/mod.ts";
import { join } from "@std/path";
import { Announcer, cannotAnnounce } from "../net/discovery/mod.ts";
import { Admission } from "./admission.ts";
import { type CommonOptions, type ServeOptions, trackerCommand } from "./cli.ts";
import { type CommandOutput, decide, showInvite, showStatus } from "./control/commands.ts";
import { ControlFile } from "./control/control_file.ts";
import { type ControlOptions, ControlServer } from "./control/server.ts";
import { describeEvent, startTracker, type TrackerEvent } from "./mod.ts";
import { hasPassword, openIndex } from "./open_index.ts";
import { systemClock } from "./options.ts";
import { choosePorts, type Ports } from "./ports.ts";
import { openState } from "./state.ts";

const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

function warn(line: string): void {
  Deno.stderr.writeSync(encoder.encode(`${printableLines(line)}\n`));
}

function show({ json, quiet }: ServeOptions, event: TrackerEvent): void {
  if (json) print(printableJson(event));
  else if (event.event === "error") warn(describeEvent(event));
  else if (!quiet) print(`${new Date().toLocaleTimeString()} ${describeEvent(event)}`);
}

function output({ json }: CommonOptions): CommandOutput {
  return { json, isTerminal: Deno.stdout.isTerminal(), print, warn };
}

function stateFolder({ state }: CommonOptions): string {
  const parent = defaultStateFolder(Deno.build.os, (name) => Deno.env.get(name));
  // An empty value, such as that of a variable set to nothing, says nothing.
  const folder = state || (parent === undefined ? undefined : join(parent, "tracker"));
  if (folder !== undefined) return folder;
  throw new LanyardError("usage", "This system names no folder for state; give one with --state");
}

async function serve(options: ServeOptions): Promise<void> {
  const { http, ...ports } = choosePorts(options);
  const folder = stateFolder(options);
  const { id, identity, guests } = await openState(folder);
  const announce = isAnnounced(options) ? await Announcer.load() : undefined;
  const { inviteOnly, maxPerAddress, idleTimeout: idleSeconds, name, host } = options;
  const admission = new Admission(guests, { inviteOnly, clock: systemClock });
  const words = await idWords(id);
  const stopped = untilSignal();
  // Without control, too: of two trackers with one key each would take the other's tickets.
  using file = ControlFile.claim(folder);
  const control = openControl(options, http, { file, id, admission });
  warnOfPassword(options);
  const index = await openIndex(options.index, {
    fresh: options.freshIndex,
    password: Deno.env.get("PGPASSWORD"),
    onError: (error) => showError(options, error),
  });
  // From here on strangers talk to this process, so it gives up what it no longer needs.
  for (const name of ["read", "write", "env"] as const) await Deno.permissions.revoke({ name });
  const { index: _place, freshIndex: _fresh, ...rest } = options;
  const tracker = startTracker({
    ...rest,
    ...ports,
    httpPort: control?.port,
    maxPerAddress,
    id,
    identity,
    index,
    admission,
    idleSeconds,
    clock: systemClock,
    onEvent: (event) => show(options, event),
  });
  control?.serve(tracker);
  const { port, tlsPort } = tracker;
  const announcer = announce?.({
    notice: { name, id, port, tlsPort },
    host,
    failed: (error, where) =>
      show(options, {
        event: "error",
        code: "io",
        message: cannotAnnounce(error, where),
        address: "",
      }),
  });
  if (!options.json && !options.quiet) print(`The tracker's words are: ${words}`);
  const status = await stopped;
  // Meanwhile the operator can still see how it goes.
  await Promise.all([announcer?.close(), tracker.drain()]);
  await control?.close();
  await tracker.close();
  Deno.exit(status);
}

/** What the index says of a database that it cannot reach. */
function showError(options: ServeOptions, error: unknown): void {
  const code = error instanceof LanyardError ? error.code : "internal";
  show(options, { event: "error", code, message: reasonOf(error), address: "" });
}

/** Whoever lists the processes of this machine sees what they were started with. */
function warnOfPassword({ index, quiet }: ServeOptions): void {
  const isSeen = hasPassword(index) && Deno.args.some((arg) => arg.includes("://"));
  if (!isSeen || quiet) return;
  warn("Others of this machine can see the password in --index; put it into PGPASSWORD instead");
}

/** The variable is that of the peers' setting, too. */
function isAnnounced({ discovery }: ServeOptions): boolean {
  return discovery && Deno.env.get("LANYARD_DISCOVERY") !== "off";
}

/** What is to be told of a port that is not the usual one is told at once. */
function openControl(
  options: ServeOptions,
  http: Ports["http"],
  tracker: Pick<ControlOptions, "file" | "id" | "admission">,
): ControlServer | undefined {
  if (http === undefined) return undefined;
  const onError = (error: unknown): void =>
    show(options, { event: "error", code: "internal", message: String(error), address: "" });
  const control = ControlServer.open({ ...tracker, ...http, clock: systemClock, onError });
  if (http.orFree && control.port !== http.port && !options.quiet) {
    warn(`Port ${http.port} is taken, so the commands for this tracker use port ${control.port}`);
  }
  return control;
}

/**
 * The exit status that the first signal asks for; a second one ends the program at once. Signals are
 * listened for before anything is accepted: at the descriptor limit it would fail.
 */
function untilSignal(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let ending = false;
  const end = (status: number): void => {
    if (ending) Deno.exit(status);
    ending = true;
    resolve(status);
  };
  Deno.addSignalListener("SIGINT", () => end(exitStatus.interrupted));
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", () => end(exitStatus.terminated));
  }
  return promise;
}

try {
  await trackerCommand(Deno.hostname(), {
    serve,
    status: (options) => showStatus(stateFolder(options), output(options)),
    invite: (options) => showInvite(stateFolder(options), options, output(options)),
    completions: (script) => print(script.trimEnd()),
    decide: (what, who, options) => decide(what, stateFolder(options), who, output(options)),
  }).parseAsync(Deno.args, { from: "user" });
} catch (error) {
  const json = Deno.args.includes("--json");
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) Deno.exit(0);
    // People have been told by then.
    const message = error.message.replace(/^error: /, "");
    if (json) print(printableJson({ event: "error", code: "usage", message }));
    Deno.exit(exitCodes.usage);
  }
  if (!(error instanceof LanyardError)) throw error;
  const { code, message } = error;
  if (json) print(printableJson({ event: "error", code, message }));
  else warn(`tracker: ${message}`);
  Deno.exit(exitCodes[code]);
}

/** The `tracker` program: reads the command line, starts the tracker, waits for a signal. */
import { CommanderError } from "commander";
import { defaultStateFolder, exitCodes, exitStatus, LanyardError } from "../shared/mod.ts";
import { join } from "@std/path";
import { type ServeOptions, trackerCommand } from "./cli.ts";
import { describeEvent, startTracker, type TrackerEvent } from "./mod.ts";
import { openState } from "./state.ts";

const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

function warn(line: string): void {
  Deno.stderr.writeSync(encoder.encode(`${line}\n`));
}

function show(options: ServeOptions, event: TrackerEvent): void {
  if (options.json) print(JSON.stringify(event));
  else if (event.event === "error") warn(describeEvent(event));
  else if (!options.quiet) print(`${new Date().toLocaleTimeString()} ${describeEvent(event)}`);
}

async function serve(options: ServeOptions): Promise<void> {
  const parent = defaultStateFolder(Deno.build.os, (name) => Deno.env.get(name));
  // An empty value, such as that of a variable set to nothing, says nothing.
  const folder = options.state || (parent === undefined ? undefined : join(parent, "tracker"));
  if (folder === undefined) {
    throw new LanyardError("usage", "This system names no folder for state; give one with --state");
  }
  const { id } = await openState(folder);
  const stopped = untilSignal();
  // From here on strangers talk to this process, so it gives up what it no longer needs.
  for (const name of ["read", "write", "env"] as const) await Deno.permissions.revoke({ name });
  const tracker = startTracker({
    ...options,
    id,
    idleSeconds: options.idleTimeout,
    onEvent: (event) => show(options, event),
  });
  const status = await stopped;
  await tracker.close();
  Deno.exit(status);
}

/** Signals are listened for before anything is accepted: at the descriptor limit it would fail. */
function untilSignal(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  Deno.addSignalListener("SIGINT", () => resolve(exitStatus.interrupted));
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", () => resolve(exitStatus.terminated));
  }
  return promise;
}

try {
  await trackerCommand(Deno.hostname(), serve).parseAsync(Deno.args, { from: "user" });
} catch (error) {
  const json = Deno.args.includes("--json");
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) Deno.exit(0);
    // People have been told by then.
    const message = error.message.replace(/^error: /, "");
    if (json) print(JSON.stringify({ event: "error", code: "usage", message }));
    Deno.exit(exitCodes.usage);
  }
  if (!(error instanceof LanyardError)) throw error;
  const { code, message } = error;
  if (json) print(JSON.stringify({ event: "error", code, message }));
  else warn(`tracker: ${message}`);
  Deno.exit(exitCodes[code]);
}

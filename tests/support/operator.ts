import { join } from "@std/path";
import { parseJoinLink } from "../../shared/mod.ts";
import { type Exposition, parseExposition } from "./exposition.ts";
import { type RunningTracker, startTracker } from "./network.ts";
import { type Ended, Program, type StartOptions } from "./program.ts";

/** Runs a command of the operator of a tracker, such as `status`, to its end. */
export async function operate(
  { state }: Pick<RunningTracker, "state">,
  args: readonly string[],
  options: StartOptions = {},
): Promise<Ended> {
  await using program = new Program("tracker", [...args, "--state", state.path], options);
  return await program.end();
}

/** Starts a tracker that lets in members only. */
export function startInviteOnly(args: readonly string[] = []): Promise<RunningTracker> {
  return startTracker(["--port", "off", "--invite-only", ...args]);
}

/** A join link of a tracker that runs on this machine, and the key in it. */
export interface Invite {
  link: string;
  /** As PROVE carries it: base64url. */
  key: string;
}

/** Has a tracker invite somebody. */
export async function invite(
  tracker: Pick<RunningTracker, "state">,
  ...args: string[]
): Promise<Invite> {
  const { code, lines, stderr } = await operate(tracker, [
    "invite",
    "--address",
    "127.0.0.1",
    "--json",
    ...args,
  ]);
  const link = String(lines[0]?.["link"]);
  if (code !== 0 || parseJoinLink(link) === undefined) throw new Error(`No link: ${stderr}`);
  return { link, key: link.slice(link.lastIndexOf(".") + 1) };
}

/** Where a tracker takes what its operator asks, and what to show there. */
export interface ControlPlace {
  port: number;
  token: string;
}

/** Reads where a running tracker is governed. */
export async function controlPlace(
  { state }: Pick<RunningTracker, "state">,
): Promise<ControlPlace> {
  return JSON.parse(await Deno.readTextFile(join(state.path, "control.json")));
}

/** What the port for a tracker's operator says: its HTTP status, and JSON. */
export interface Said {
  status: number;
  // deno-lint-ignore no-explicit-any -- nothing of ours has judged it
  said: any;
}

/** Asks a tracker by HTTP, with its token unless said otherwise. */
export async function ask(
  tracker: Pick<RunningTracker, "state">,
  path: string,
  headers?: HeadersInit,
): Promise<Said> {
  const { port, token } = await controlPlace(tracker);
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: headers ?? { authorization: `Bearer ${token}` },
  });
  return { status: response.status, said: await response.json() };
}

/** A tracker's metrics, read as Prometheus reads them, by who has no token. */
export async function scrape(tracker: Pick<RunningTracker, "state">): Promise<Exposition> {
  const { port } = await controlPlace(tracker);
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return parseExposition(await response.text());
}

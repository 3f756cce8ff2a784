import { parseJoinLink } from "../../shared/mod.ts";
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

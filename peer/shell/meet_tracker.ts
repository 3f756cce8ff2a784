import { LanyardError, printable } from "../../shared/mod.ts";
import { idWords } from "../../net/mod.ts";
import { type HostedOptions, hostTracker } from "../hosted_tracker.ts";
import { howToJoin } from "../how_to_join.ts";
import type { Peer } from "../peer.ts";
import { yesOrNo } from "../question.ts";
import type { Console } from "./console.ts";
import type { TurnDoor } from "./turn_door.ts";

/** A peer whose way to the tracker can become another one. */
export type Traveller = Peer & { readonly door: TurnDoor };

/** Milliseconds of a search that nobody notices. */
const unnoticed = 700;

/**
 * Finds the tracker before orders are typed: somebody may have to say which one is meant, or that
 * this machine is to be one because there is none.
 */
export async function meetTracker(
  peer: Traveller,
  console: Console,
  hosting: HostedOptions,
): Promise<void> {
  const { door, output } = peer;
  output.asker = (question) => console.ask(question);
  const timer = setTimeout(() => output.note("Looking for a tracker..."), unnoticed);
  try {
    (await door.open()).connection.close();
  } catch (error) {
    clearTimeout(timer);
    if (!(error instanceof LanyardError)) throw error;
    output.note(`${error.message}\n`);
    if (isMissing(peer, error)) await offerToHost(peer, console, hosting);
  } finally {
    clearTimeout(timer);
    // From now on there is no time for questions about it.
    output.asker = () => Promise.resolve(undefined);
  }
}

/** Is the tracker for as long as the shell runs, and says how others find it. */
export async function host(peer: Traveller, hosting: HostedOptions): Promise<void> {
  const { door, output } = peer;
  const { tracker, door: way } = await hostTracker(peer, hosting);
  door.lead(way);
  output.note(
    [
      `This machine is the tracker now; its words are: ${printable(await idWords(tracker.id))}`,
      ...howToJoin(peer, way.endpoint, true),
      "",
    ].join("\n"),
  );
}

/** Whether nobody has said which tracker to use, and none is there. */
function isMissing({ memory, options }: Peer, { code }: LanyardError): boolean {
  return code === "unreachable" && !options.tracker && memory.tracker === undefined;
}

async function offerToHost(
  peer: Traveller,
  console: Console,
  hosting: HostedOptions,
): Promise<void> {
  const answer = await console.ask("Shall this machine be the tracker while this runs? (Y/n) ");
  if (answer === undefined || (answer.trim() !== "" && yesOrNo(answer.trim()) !== true)) return;
  try {
    await host(peer, hosting);
  } catch (error) {
    if (!(error instanceof LanyardError)) throw error;
    peer.output.note(`${error.message}\n`);
  }
}

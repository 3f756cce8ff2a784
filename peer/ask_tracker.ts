import type { FoundTracker } from "../net/discovery/mod.ts";
import { idWords } from "../net/mod.ts";
import { formatEndpoint, LanyardError, printable } from "../shared/mod.ts";
import type { Output } from "./output.ts";

/** Trackers that are listed: a screenful. */
const mostListed = 15;

/**
 * Has the user choose among trackers, if somebody sits there.
 *
 * @param plain whether they are joined without encryption
 * @throws {LanyardError} `ambiguous`, naming them, if nobody does, or does not want to.
 */
export async function askForTracker(
  trackers: readonly FoundTracker[],
  plain: boolean,
  output: Output,
): Promise<FoundTracker> {
  const shown = trackers.slice(0, mostListed);
  const list = await Promise.all(shown.map((tracker) => describe(tracker, plain)));
  const isAsked = output.live && Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  if (isAsked) {
    output.note("Several trackers were found:");
    list.forEach((line, at) => output.note(`  ${at + 1}  ${line}`));
    const ask = output.asker ?? askAtTerminal;
    const chosen = trackers[await askNumber(list.length, ask) - 1];
    if (chosen !== undefined) return chosen;
  }
  const more = trackers.length > list.length ? [`and ${trackers.length - list.length} more`] : [];
  throw new LanyardError(
    "ambiguous",
    [
      "Several trackers were found; choose one with --tracker NAME, or where names are alike by its address:",
      ...[...list, ...more].map((line) => `  ${line}`),
    ].join("\n"),
  );
}

/** A tracker as a line: its name, its first place, and the words of the id that it says it has. */
async function describe({ name, id, places }: FoundTracker, plain: boolean): Promise<string> {
  const [place] = places;
  const port = (plain ? place?.port : place?.tlsPort) ?? 0;
  const where = place === undefined ? "" : formatEndpoint(place.host, port);
  return `${printable(name)} at ${where} (${await idWords(id)})`;
}

/** Asks for a number from 1; 0 if there will be none. */
async function askNumber(most: number, ask: NonNullable<Output["asker"]>): Promise<number> {
  for (;;) {
    const answer = await ask(`Which one (1 to ${most})? `);
    if (answer === undefined) return 0;
    const number = Number(answer.trim());
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  }
}

async function askAtTerminal(question: string): Promise<string | undefined> {
  const bytes = new Uint8Array(100);
  Deno.stderr.writeSync(new TextEncoder().encode(question));
  const length = await Deno.stdin.read(bytes);
  return length === null ? undefined : new TextDecoder().decode(bytes.subarray(0, length));
}

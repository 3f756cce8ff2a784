import { describeLinks, type Ipv4Link, ipv4LinksIn, type Link, linksOf } from "./links.ts";
import { Mdns } from "./mdns.ts";
import { type Heard, Questioner } from "./questioner.ts";
import { type FoundTracker, TrackerList } from "./tracker_list.ts";
import type { TrackerNotice } from "./tracker_notice.ts";

/** What is looked for, and for how long. */
export interface SearchOptions {
  /** Trackers that matter more than others, however many there are. */
  prefers?: (notice: TrackerNotice) => boolean;
  /** Whether nothing that may still come would matter: the search is over then. */
  enough?: (found: readonly FoundTracker[]) => boolean;
  /** Milliseconds if nobody answers. */
  patience?: number;
  /** Milliseconds after the first answer, for others to come in. */
  settling?: number;
}

/** What a search found, and where it looked. */
export interface SearchResult {
  readonly found: readonly FoundTracker[];
  /** The interfaces, each with our address there. */
  readonly searched: readonly string[];
}

/** Milliseconds of a search: an answer takes a few on most networks, and a lost one is asked for again. */
const usualPatience = 2500;
const usualSettling = 400;

/** Milliseconds that our own question is ahead: the library for the other one takes as long to load. */
const headStart = 100;

/** Looks for trackers on every link of this machine, in both ways. */
export async function searchTrackers(options: SearchOptions = {}): Promise<SearchResult> {
  const { prefers, enough, patience = usualPatience, settling = usualSettling } = options;
  const links = linksOf(Deno.networkInterfaces());
  const list = new TrackerList(prefers);
  const over = new AbortController();
  const end = (): void => over.abort();
  const timers = [setTimeout(end, patience)];
  let settles = false;
  const heard: Heard = (notice, host) => {
    if (over.signal.aborted || !list.add(notice, host)) return;
    if (!settles) timers.push(setTimeout(end, settling));
    settles = true;
    if (enough?.(list.all) === true) end();
  };
  const ways = [ask(links, heard, over.signal), browse(ipv4LinksIn(links), heard, over.signal)];
  await Promise.all(ways);
  for (const timer of timers) clearTimeout(timer);
  return { found: list.all, searched: describeLinks(links) };
}

async function ask(links: readonly Link[], heard: Heard, over: AbortSignal): Promise<void> {
  const questioner = await Questioner.start(links, heard);
  await untilAborted(over);
  questioner.close();
}

async function browse(
  links: readonly Ipv4Link[],
  heard: Heard,
  over: AbortSignal,
): Promise<void> {
  await untilAborted(AbortSignal.any([over, AbortSignal.timeout(headStart)]));
  if (over.aborted) return;
  const mdns = await Mdns.load();
  // Where the port cannot be had, our own question has to do.
  const browsers = over.aborted ? [] : links.map((link) => mdns.browse(link, heard, () => {}));
  await untilAborted(over);
  await Promise.all(browsers.map((browser) => browser.close()));
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
}

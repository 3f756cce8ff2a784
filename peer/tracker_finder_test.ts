import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { FoundTracker, SearchOptions, SearchResult } from "../net/discovery/mod.ts";
import { temporaryIdentity } from "../net/mod.ts";
import { type ErrorCode, LanyardError } from "../shared/mod.ts";
import { foundAs, KnownTrackers } from "./known_trackers.ts";
import { type FinderOptions, TrackerFinder } from "./tracker_finder.ts";

const { id, certificate } = await temporaryIdentity();
const lab = tracker("lab", id);
const office = tracker("office", "b".repeat(64));

function tracker(
  name: string,
  id: string,
  ports: object = { port: 2222, tlsPort: 2223 },
): FoundTracker {
  return { name, id, places: [{ host: "10.0.0.1", ...ports }] };
}

/** A finder on a network that has these trackers, and what it asked of it. */
class Network {
  readonly searches: SearchOptions[] = [];
  readonly finder: TrackerFinder;

  constructor(found: readonly FoundTracker[], options: Partial<FinderOptions> = {}) {
    this.finder = new TrackerFinder({
      known: KnownTrackers.inMemory(),
      trusted: [],
      search: (search): Promise<SearchResult> => {
        this.searches.push(search);
        return Promise.resolve({ found, searched: ["eth0 (10.0.0.2)"] });
      },
      choose: (trackers) => {
        throw new LanyardError("ambiguous", trackers.map(({ name }) => name).join(" or "));
      },
      ...options,
    });
  }

  /** Whether the search would be over with these trackers. */
  isOverWith(...found: FoundTracker[]): boolean | undefined {
    return this.searches.at(-1)?.enough?.(found);
  }
}

async function knowing(...names: string[]): Promise<KnownTrackers> {
  const known = KnownTrackers.inMemory();
  for (const name of names) await known.add(foundAs(name), { id, certificate });
  return known;
}

async function fails(code: ErrorCode, finding: Promise<unknown>): Promise<string> {
  const error = await assertRejects(() => finding, LanyardError);
  assertEquals(error.code, code, error.message);
  return error.message;
}

Deno.test("TrackerFinder waits for others unless the known one is there", async () => {
  const strange = new Network([lab]);
  assertEquals(await strange.finder.find(), lab);
  assertEquals(strange.isOverWith(lab), false);
  const known = new Network([lab], { known: await knowing("lab") });
  await known.finder.find();
  assertEquals([known.isOverWith(office), known.isOverWith(office, lab)], [false, true]);
  await known.finder.find(undefined, true);
  assertEquals(known.isOverWith(lab), false, "unless it is to be thorough");
  const several = new Network([lab], { known: await knowing("lab", "another") });
  await several.finder.find();
  assertEquals(several.isOverWith(lab), false, "another one may be meant");
  await several.finder.find("lab");
  assertEquals(several.isOverWith(lab), true);
});

Deno.test("TrackerFinder has a tracker chosen that it cannot tell", async () => {
  const network = new Network([lab, office]);
  assertEquals(await fails("ambiguous", network.finder.find()), "lab or office");
  const asked = new Network([lab, office], { choose: () => Promise.resolve(office) });
  assertEquals(await asked.finder.find(), office);
});

Deno.test("TrackerFinder finds only what can be joined in the same way", async () => {
  const plainOnly = tracker("lab", id, { port: 2222 });
  const tlsOnly = tracker("lab", id, { tlsPort: 2223 });
  assertMatch(await fails("unreachable", new Network([plainOnly]).finder.find()), /use --plain/);
  const plain = new Network([tlsOnly], { known: undefined });
  assertMatch(await fails("unreachable", plain.finder.find()), /leave out --plain/);
  const both = new Network([tlsOnly, office], { known: undefined });
  assertEquals((await both.finder.find()).name, "office");
});

Deno.test("hostile 46: TrackerFinder refuses another key for a known name, with a remedy", async () => {
  const known = await knowing("lab");
  const impostor = tracker("lab", "c".repeat(64));
  const message = await fails("wrong-key", new Network([impostor], { known }).finder.find());
  for (const part of [id, impostor.id, `--trust ${impostor.id}`]) {
    assertMatch(message, RegExp(part));
  }
  const trusted = new Network([impostor], { known, trusted: [impostor.id] });
  assertEquals(await trusted.finder.find(), impostor);
});

Deno.test("hostile 47: TrackerFinder prefers what it looks for, and no namesakes of it", async () => {
  const network = new Network([lab], { known: await knowing("lab") });
  await network.finder.find("lab");
  const prefers = network.searches[0]?.prefers;
  assertEquals([prefers?.(lab), prefers?.({ ...lab, id: office.id })], [true, false]);
  await network.finder.find("lab");
  assertEquals(
    await fails("unreachable", new Network([]).finder.find("x\u202e")),
    'No tracker called "x\\u{202e}" was found: nobody answered on eth0 (10.0.0.2)',
  );
});

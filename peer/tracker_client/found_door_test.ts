import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { FoundTracker, SearchResult } from "../../net/discovery/mod.ts";
import { type ErrorCode, LanyardError } from "../../shared/mod.ts";
import { TrackerFinder } from "../tracker_finder.ts";
import { type Door, PlainDoor } from "./door.ts";
import { FoundDoor } from "./found_door.ts";

/** Something that accepts connections, such as a tracker; it closes them with itself. */
class Listening implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #accepted: Deno.Conn[] = [];
  readonly port = this.#listener.addr.port;

  readonly #serving = this.#serve();

  get accepted(): number {
    return this.#accepted.length;
  }

  /** What is said of it on the network. */
  as(name: string): FoundTracker {
    return { name, id: "a".repeat(64), places: [{ host: "127.0.0.1", port: this.port }] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
    for (const connection of this.#accepted) connection.close();
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#listener) this.#accepted.push(connection);
  }
}

/** A port at which nobody listens: it is reserved, for something that nobody uses. */
const closedPort = 1;

interface Scene {
  found?: FoundTracker[];
  name?: string;
  direct?: Door;
}

/** A door without encryption, on a network that has these trackers; and how often it looked. */
function doorIn(scene: Scene): { door: FoundDoor; looks: () => number } {
  let looks = 0;
  const search = (): Promise<SearchResult> => {
    looks++;
    return Promise.resolve({ found: scene.found ?? [], searched: ["eth0 (10.0.0.2)"] });
  };
  const choose = (): Promise<never> =>
    Promise.reject(new LanyardError("ambiguous", "There are several"));
  const finder = new TrackerFinder({ known: undefined, trusted: [], search, choose });
  const { name, direct } = scene;
  const door = new FoundDoor({
    finder,
    known: undefined,
    trusted: [],
    direct,
    met: () => {},
    ...(name === undefined ? {} : { name }),
  });
  return { door, looks: () => looks };
}

function to(port: number): Door {
  return new PlainDoor({ host: "127.0.0.1", port });
}

async function open(door: Door): Promise<number> {
  const { connection } = await door.open();
  connection.close();
  return door.endpoint.port;
}

async function fails(code: ErrorCode, door: Door): Promise<string> {
  const error = await assertRejects(() => door.open(), LanyardError);
  assertEquals(error.code, code, error.message);
  return error.message;
}

Deno.test("FoundDoor leads to the tracker of this machine without a look at the network", async () => {
  await using here = new Listening();
  await using there = new Listening();
  const { door, looks } = doorIn({ found: [there.as("lab")], direct: to(here.port) });
  assertEquals([await open(door), looks(), there.accepted], [here.port, 0, 0]);
});

Deno.test("FoundDoor leads to what is found where nothing is on this machine", async () => {
  await using there = new Listening();
  const { door, looks } = doorIn({ found: [there.as("lab")], direct: to(closedPort) });
  assertEquals([await open(door), looks()], [there.port, 1]);
  assertEquals([await open(door), looks()], [there.port, 1], "and it is not looked for again");
});

Deno.test("FoundDoor looks again for a tracker that is gone, and for no other one", async () => {
  const scene: Scene = { direct: to(closedPort) };
  const { door } = doorIn(scene);
  {
    await using first = new Listening();
    scene.found = [first.as("lab")];
    await open(door);
  }
  await using other = new Listening();
  scene.found = [other.as("office")];
  assertMatch(await fails("unreachable", door), /^No tracker called "lab" was found/);
  await using moved = new Listening();
  scene.found = [other.as("office"), moved.as("lab")];
  assertEquals([await open(door), other.accepted], [moved.port, 0]);
});

Deno.test("FoundDoor takes a name for that of a tracker first, and then of a machine", async () => {
  await using machine = new Listening();
  await using there = new Listening();
  const scene: Scene = { name: "lab", direct: to(machine.port), found: [there.as("lab")] };
  assertEquals(await open(doorIn(scene).door), there.port);
  scene.found = [there.as("office")];
  assertEquals(await open(doorIn(scene).door), machine.port);
  scene.direct = to(closedPort);
  const neither = await fails("unreachable", doorIn(scene).door);
  assertMatch(neither, /No tracker called "lab" was found: .*\. Nothing listens at 127\.0\.0\.1:/);
});

Deno.test("FoundDoor tries every place of a tracker, and says where it was", async () => {
  await using there = new Listening();
  const { places: [place] } = there.as("lab");
  const dead = { host: "127.0.0.1", port: closedPort };
  const tracker = { ...there.as("lab"), places: [dead, ...(place === undefined ? [] : [place])] };
  assertEquals(await open(doorIn({ found: [tracker] }).door), there.port);
  const { door, looks } = doorIn({ found: [{ ...tracker, places: [dead] }] });
  assertMatch(await fails("unreachable", door), /"lab" was found, but: Nothing listens at/);
  assertEquals(looks(), 2, "somebody else may have answered for it");
});

Deno.test("FoundDoor passes on that it has to be told which one", async () => {
  await using one = new Listening();
  await using other = new Listening();
  await fails("ambiguous", doorIn({ found: [one.as("lab"), other.as("office")] }).door);
});

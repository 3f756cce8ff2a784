import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import {
  type RunningShare,
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { type Ended, Program } from "./support/program.ts";
import { eventually } from "./support/waiting.ts";

/** A tracker whose index outlasts it, at ports that stay the same. */
class Place implements AsyncDisposable {
  readonly folder = new TempFolder();
  #ports: { plain: number; tls: number } | undefined;

  get index(): string {
    return join(this.folder.path, "index.sqlite");
  }

  /** Starts the tracker, maybe again. */
  async track(...args: string[]): Promise<RunningTracker> {
    const ports = this.#ports === undefined
      ? []
      : ["--port", `${this.#ports.plain}`, "--tls-port", `${this.#ports.tls}`];
    const state = await this.folder.folder("tracker");
    const own = ["--index", `sqlite:${this.index}`, "--state", state];
    const tracker = await startTracker([...own, ...ports, ...args]);
    this.#ports = { plain: tracker.port, tls: tracker.tlsPort };
    return tracker;
  }

  /** Tries to start it, and waits for its end. */
  async refused(...args: string[]): Promise<Ended> {
    const state = await this.folder.folder("other tracker");
    const ports = ["--port", "0", "--tls-port", "0", "--http-port", "off"];
    const own = ["--index", `sqlite:${this.index}`, "--state", state, "--json", "--no-discovery"];
    await using tracker = new Program("tracker", [...ports, ...own, ...args]);
    return await tracker.end();
  }

  async share(tracker: string, name: string): Promise<RunningShare> {
    await this.folder.write(`${name}/${name}'s film.mp4`, name);
    return await startShare(tracker, [join(this.folder.path, name)], ["--name", name]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}

async function kill(tracker: RunningTracker): Promise<void> {
  tracker.program.kill("SIGKILL");
  await tracker.program.end();
}

function outcome({ code, lines }: Ended): [number, unknown] {
  return [code, lines.at(-1)?.["code"]];
}

for (const way of ["plain", "encrypted"] as const) {
  const tracked = (tracker: RunningTracker): string =>
    way === "plain" ? tracker.address : tracker.link;

  Deno.test(`hostile 53: a tracker that was killed knows who comes back, and what they share, ${way}`, async () => {
    await using place = new Place();
    await using first = await place.track();
    await using _ana = await place.share(tracked(first), "ana");
    await kill(first);
    await using second = await place.track();
    const back = await second.program.line(({ event, name }) =>
      event === "joined" && name === "ana"
    );
    assertEquals(back["known"], true);
    await using bo = new Visitor(tracked(second));
    const found = await eventually(async () => {
      const searched = await bo.run("search", "ana film");
      return searched.code === 0 ? searched : undefined;
    });
    assertEquals(found.lines.map(({ path }) => path), ["ana/ana's film.mp4"]);
  });

  Deno.test(`hostile 53: files of who is not back yet are not found after a restart, ${way}`, async () => {
    await using place = new Place();
    await using first = await place.track();
    {
      await using ana = await place.share(tracked(first), "ana");
      await using _bo = await place.share(tracked(first), "bo");
      await kill(first);
      ana.program.kill("SIGKILL");
      await ana.program.end();
    }
    await using second = await place.track();
    await using cleo = new Visitor(tracked(second));
    assertEquals((await cleo.run("search", "film")).code, 3);
    await using _bo = await place.share(tracked(second), "bo");
    const found = await cleo.run("search", "film");
    assertEquals(found.lines.map(({ path }) => path), ["bo/bo's film.mp4"]);
  });
}

Deno.test("hostile 53: an index that is damaged, of a later version, or another database is refused in words", async () => {
  await using place = new Place();
  {
    await using tracker = await place.track();
    await using _ana = await place.share(tracker.link, "ana");
    tracker.program.kill("SIGTERM");
    assertEquals((await tracker.program.end()).code, 143);
  }
  const whole = await Deno.readFile(place.index);
  const damage: Record<string, () => Promise<void> | void> = {
    garbage: () => Deno.writeTextFile(place.index, "no database ".repeat(1000)),
    "cut short": () => Deno.writeFile(place.index, whole.subarray(0, whole.length / 2)),
    "a later version": () => change(place.index, "pragma user_version = 99"),
    "another program's": () => change(place.index, "pragma user_version = 0"),
  };
  for (const [what, harm] of Object.entries(damage)) {
    for (const end of ["-wal", "-shm"]) await Deno.remove(place.index + end).catch(() => {});
    await Deno.writeFile(place.index, whole);
    await harm();
    const refused = await place.refused();
    assertEquals(outcome(refused), [1, "io"], what);
    const remedy = what === "another program's" ? /name another file/ : /--fresh-index/;
    assertMatch(String(refused.lines.at(-1)?.["message"]), remedy, what);
  }
  await using fresh = await place.track("--fresh-index");
  await using bo = new Visitor(fresh.link);
  assertEquals((await bo.run("search", "film")).code, 3);
});

Deno.test("hostile 53: an index of an earlier version is made anew, and its peers announce again", async () => {
  await using place = new Place();
  await using first = await place.track();
  await using _ana = await place.share(first.link, "ana");
  await kill(first);
  change(place.index, "pragma user_version = 1; drop table entries;");
  await using second = await place.track();
  await second.program.line(({ event, name }) => event === "joined" && name === "ana");
  await using bo = new Visitor(second.link);
  await eventually(
    async () => (await bo.run("search", "ana film")).code === 0 || undefined,
    20_000,
  );
});

function change(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

Deno.test("hostile 53: a second tracker at the same index is refused, and the first one is none the worse", async () => {
  await using place = new Place();
  await using tracker = await place.track();
  await using _ana = await place.share(tracker.link, "ana");
  const refused = await place.refused();
  assertEquals(outcome(refused), [1, "io"]);
  assertMatch(String(refused.lines.at(-1)?.["message"]), /another tracker/);
  await using bo = new Visitor(tracker.link);
  assertEquals((await bo.run("search", "film")).code, 0);
});

Deno.test("usage: tracker --index takes a place, and --fresh-index a file", async () => {
  await using place = new Place();
  const ports = ["--port", "0", "--tls-port", "0", "--http-port", "off", "--json"];
  const state = ["--state", await place.folder.folder("state"), "--no-discovery"];
  for (const args of [["--index", "disk"], ["--index", "sqlite:"], ["--fresh-index"]]) {
    await using tracker = new Program("tracker", [...ports, ...state, ...args]);
    assertEquals(outcome(await tracker.end()), [2, "usage"], args.join(" "));
  }
});

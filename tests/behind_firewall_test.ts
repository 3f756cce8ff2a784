import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { formatJoinLink, parseJoinLink } from "../shared/mod.ts";
import { canMakeLans, canShield, Lan, type LanMachine } from "./support/lan.ts";
import {
  noise,
  type RunningShare,
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { assertContent } from "./support/served.ts";

const ignore = !await canMakeLans() || !await canShield();
const film = noise(5_000_000, 5);

/** A tracker on a machine of its own, and two machines more. */
class Place implements AsyncDisposable {
  readonly lan: Lan;
  readonly tracker: RunningTracker;
  readonly folder = new TempFolder();

  private constructor(lan: Lan, tracker: RunningTracker) {
    this.lan = lan;
    this.tracker = tracker;
  }

  static async open(): Promise<Place> {
    const lan = await Lan.start(3);
    return new Place(lan, await startTracker([], { prefix: lan.machine(0).prefix }));
  }

  get ana(): LanMachine {
    return this.lan.machine(1);
  }

  get bo(): LanMachine {
    return this.lan.machine(2);
  }

  /** The tracker as the others reach it. */
  address(way: "plain" | "encrypted"): string {
    const { ipv4 } = this.lan.machine(0);
    if (way === "plain") return `${ipv4}:${this.tracker.port}`;
    const link = parseJoinLink(this.tracker.link);
    assert(link !== undefined);
    return formatJoinLink({ ...link, host: ipv4 });
  }

  /** Ana shares a film. */
  async share(tracker: string, ...args: string[]): Promise<RunningShare> {
    await this.folder.write("films/film.mp4", film);
    const films = join(this.folder.path, "films");
    return await startShare(tracker, [films], ["--name", "ana", ...args], this.ana);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tracker[Symbol.asyncDispose]();
    await this.lan[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

for (const way of ["plain", "encrypted"] as const) {
  Deno.test(`behind a firewall: whoever cannot be reached is copied from, ${way}`, {
    ignore,
  }, async () => {
    await using place = await Place.open();
    await place.lan.shield(place.ana);
    await using ana = await place.share(place.address(way));
    const { ok } = await ana.program.event("reachable");
    assertEquals(ok, false);
    await using bo = new Visitor(place.address(way), place.bo);
    const out = await place.folder.folder("out");
    const got = await bo.run("get", "film.mp4", "-o", out);
    assertEquals(got.code, 0, got.stdout);
    const { received, sources, encrypted } = got.lines.at(-1) ?? {};
    assertEquals([received, sources, encrypted], [film.length, 1, way === "encrypted"]);
    await assertContent(join(out, "film.mp4"), film);
    assertEquals((await ana.program.event("upload"))["address"], place.bo.ipv4);
  });

  Deno.test(`behind a firewall: files are sent from there, and to there, ${way}`, {
    ignore,
  }, async () => {
    await using place = await Place.open();
    await place.lan.shield(place.ana);
    const tracker = place.address(way);
    const inbox = await place.folder.folder("inbox");
    const note = await place.folder.write("note.txt", "for you");
    await using ana = await place.share(tracker, "--inbox", inbox);
    const outbox = await place.folder.folder("outbox");
    await using other = await startShare(
      tracker,
      [],
      ["--inbox", outbox, "--name", "bo"],
      place.bo,
    );
    await using bo = new Visitor(tracker, place.bo);
    const sent = await bo.run("send", note, "--to", "ana");
    assertEquals(sent.code, 0, sent.stdout);
    assertEquals(await Deno.readTextFile(join(inbox, "note.txt")), "for you");
    assertEquals((await ana.program.event("received"))["size"], 7);

    await using shielded = new Visitor(tracker, place.ana);
    const back = await shielded.run("send", note, "--to", "bo");
    assertEquals(back.code, 0, back.stdout);
    assertEquals(await Deno.readTextFile(join(outbox, "note.txt")), "for you");
    assertEquals((await other.program.event("received"))["address"], place.ana.ipv4);
  });
}

Deno.test("behind two firewalls: there is no way, and it is said", { ignore }, async () => {
  await using place = await Place.open();
  for (const machine of [place.ana, place.bo]) await place.lan.shield(machine);
  await using _ana = await place.share(place.address("encrypted"));
  await using bo = new Visitor(place.address("encrypted"), place.bo);
  const got = await bo.run("get", "film.mp4", "-o", await place.folder.folder("out"));
  assertEquals([got.code, got.lines.at(-1)?.["code"]], [1, "unreachable"]);
  assertMatch(String(got.lines.at(-1)?.["message"]), /firewall/);
});

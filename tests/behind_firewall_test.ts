import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { canMakeLans, canShield } from "./support/lan.ts";
import { noise, type RunningShare, startShare, Visitor } from "./support/network.ts";
import { assertContent } from "./support/served.ts";
import { TrackedLan } from "./support/tracked_lan.ts";

const ignore = !await canMakeLans() || !await canShield();
const film = noise(5_000_000, 5);

/** Ana shares a film. */
async function share(
  { folder, ana }: TrackedLan,
  tracker: string,
  ...args: string[]
): Promise<RunningShare> {
  await folder.write("films/film.mp4", film);
  return await startShare(tracker, [join(folder.path, "films")], ["--name", "ana", ...args], ana);
}

for (const way of ["plain", "encrypted"] as const) {
  Deno.test(`behind a firewall: whoever cannot be reached is copied from, ${way}`, {
    ignore,
  }, async () => {
    await using place = await TrackedLan.open();
    await place.lan.shield(place.ana);
    await using ana = await share(place, place.address(way));
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
    await using place = await TrackedLan.open();
    await place.lan.shield(place.ana);
    const tracker = place.address(way);
    const inbox = await place.folder.folder("inbox");
    const note = await place.folder.write("note.txt", "for you");
    await using ana = await share(place, tracker, "--inbox", inbox);
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
  await using place = await TrackedLan.open();
  for (const machine of [place.ana, place.bo]) await place.lan.shield(machine);
  await using _ana = await share(place, place.address("encrypted"));
  await using bo = new Visitor(place.address("encrypted"), place.bo);
  const got = await bo.run("get", "film.mp4", "-o", await place.folder.folder("out"));
  assertEquals([got.code, got.lines.at(-1)?.["code"]], [1, "unreachable"]);
  assertMatch(String(got.lines.at(-1)?.["message"]), /firewall/);
});

import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { temporaryIdentity } from "../net/mod.ts";
import { LanyardError } from "../shared/mod.ts";
import { TempFolder } from "../tests/support/network.ts";
import { foundAs, KnownTrackers } from "./known_trackers.ts";

const [lab, office] = (await Promise.all([temporaryIdentity(), temporaryIdentity()]))
  .map(({ id, certificate }) => ({ id, certificate }));

Deno.test("KnownTrackers remembers several keys of an address, each once", async () => {
  if (lab === undefined || office === undefined) throw new Error("There are two");
  await using temp = new TempFolder();
  const known = await KnownTrackers.open(temp.path);
  assertEquals(await known.at("a:1"), []);
  for (const key of [lab, office, lab]) await known.add("a:1", key);
  await known.add("b:1", office);
  const again = await KnownTrackers.open(temp.path);
  assertEquals(await again.at("a:1"), [lab, office]);
  assertEquals(await again.at("b:1"), [office]);
});

Deno.test("KnownTrackers.replace makes a key the only one of its address", async () => {
  if (lab === undefined || office === undefined) throw new Error("There are two");
  await using temp = new TempFolder();
  const known = await KnownTrackers.open(temp.path);
  for (const address of ["a:1", "b:1"]) await known.add(address, lab);
  for (const key of [office, office]) await known.replace("a:1", key);
  assertEquals([await known.at("a:1"), await known.at("b:1")], [[office], [lab]]);
  await known.add("a:1", lab);
  await known.replace("a:1", lab);
  assertEquals(await known.at("a:1"), [lab]);
});

Deno.test("KnownTrackers keeps what another program of the same peer has learned", async () => {
  if (lab === undefined || office === undefined) throw new Error("There are two");
  await using temp = new TempFolder();
  const [one, other] = [await KnownTrackers.open(temp.path), await KnownTrackers.open(temp.path)];
  await one.add("a:1", lab);
  await other.add("b:1", office);
  assertEquals([await other.at("a:1"), await one.at("b:1")], [[lab], [office]]);
});

Deno.test("KnownTrackers tells names that were found from addresses", async () => {
  if (lab === undefined || office === undefined) throw new Error("There are two");
  const known = KnownTrackers.inMemory();
  await known.add("a:1", lab);
  await known.add(foundAs("a:1"), office);
  for (const key of [lab, office]) await known.add(foundAs("__proto__"), key);
  assertEquals(await known.at("a:1"), [lab]);
  assertEquals(
    await known.found(),
    new Map([["a:1", [office.id]], ["__proto__", [lab.id, office.id]]]),
  );
});

Deno.test("hostile 59: KnownTrackers keeps its file from others", async () => {
  if (lab === undefined) throw new Error("There is one");
  await using temp = new TempFolder();
  await (await KnownTrackers.open(temp.path)).add("a:1", lab);
  const names = Array.from(Deno.readDirSync(temp.path), ({ name }) => name);
  assertEquals(names, ["trackers.json"]);
  const { mode } = await Deno.stat(join(temp.path, "trackers.json"));
  assertEquals((mode ?? 0) & 0o777, 0o600);
});

Deno.test("KnownTrackers does not go on with a damaged file", async () => {
  await using temp = new TempFolder();
  const damaged = ["", "{", "[]", "null", '{"a:1":"x"}', '{"a:1":[5]}', '{"a:1":["no PEM"]}'];
  for (const text of damaged) {
    await temp.write("trackers.json", text);
    const error = await assertRejects(() => KnownTrackers.open(temp.path), LanyardError);
    assertEquals([error.code, error.message.includes("trackers.json")], ["io", true], text);
  }
});

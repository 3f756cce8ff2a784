import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { X509Certificate } from "node:crypto";
import { certificateId, isSignedBy, LanyardError } from "../shared/mod.ts";
import { TempFolder } from "../tests/support/network.ts";
import { openIdentity, temporaryIdentity } from "./identity.ts";
import { idWords } from "./words.ts";

Deno.test("openIdentity makes a key once, and finds it again", async () => {
  await using temp = new TempFolder();
  const made = await openIdentity(temp.path);
  const found = await openIdentity(temp.path);
  assertEquals([found.id, found.certificate, found.key], [made.id, made.certificate, made.key]);
  assertEquals(made.id, certificateId(made.certificate));
  const bytes = new TextEncoder().encode("Hello");
  assert(isSignedBy(made.certificate, bytes, found.sign(bytes)));
  assertEquals(isSignedBy(made.certificate, bytes, (await temporaryIdentity()).sign(bytes)), false);
});

Deno.test("openIdentity gives programs that start at once the same key", async () => {
  await using temp = new TempFolder();
  const all = await Promise.all(Array.from({ length: 5 }, () => openIdentity(temp.path)));
  assertEquals(new Set(all.map(({ id }) => id)).size, 1);
  assertEquals(Array.from(Deno.readDirSync(temp.path), ({ name }) => name), ["identity.pem"]);
});

Deno.test("hostile 59: openIdentity keeps the key from other users", async () => {
  await using temp = new TempFolder();
  const folder = join(temp.path, "new folder", "state");
  await openIdentity(folder);
  const mode = async (path: string): Promise<number> => (await Deno.stat(path)).mode ?? 0;
  assertEquals(await mode(join(folder, "identity.pem")) & 0o777, 0o600);
  assertEquals(await mode(folder) & 0o777, 0o700);
});

Deno.test("openIdentity does not replace what it cannot read", async () => {
  await using temp = new TempFolder();
  const { certificate, key } = await temporaryIdentity();
  const { key: another } = await temporaryIdentity();
  const damaged = ["", "nonsense", certificate, key, certificate + key.slice(0, 100)];
  for (const text of [...damaged, certificate + another]) {
    const path = await temp.write("identity.pem", text);
    const error = await assertRejects(() => openIdentity(temp.path), LanyardError);
    assertEquals(error.code, "io");
    assertEquals(await Deno.readTextFile(path), text);
  }
});

Deno.test("hostile 46: a certificate counts whatever a clock says, and signs no other one", async () => {
  const { certificate } = await temporaryIdentity();
  const { validFrom, validTo, ca, subjectAltName } = new X509Certificate(certificate);
  assertEquals(new Date(validFrom).getTime(), 0);
  assertEquals(new Date(validTo).getUTCFullYear(), 9999);
  assertEquals([ca, subjectAltName], [false, "DNS:lanyard.invalid"]);
});

Deno.test("idWords gives the same four words for an id, and others for another", async () => {
  assertEquals(await idWords("0".repeat(64)), "abandon abandon abandon abandon");
  assertEquals(await idWords("f".repeat(64)), "zoo zoo zoo zoo");
  const [one, two] = [await temporaryIdentity(), await temporaryIdentity()];
  assertNotEquals(await idWords(one.id), await idWords(two.id));
  assertEquals((await idWords(one.id)).split(" ").length, 4);
});

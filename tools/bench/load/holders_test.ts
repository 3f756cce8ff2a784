import { assert, assertEquals, assertThrows } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { certificateName, LanyardError, prove, proven } from "../../../shared/mod.ts";
import { makeHolders } from "./holders.ts";

const challenge = { purpose: "tracker", nonce: "n".repeat(43), server: "5".repeat(64) } as const;

Deno.test("makeHolders gives each holder a key of its own, and a proof that counts", async () => {
  const holders = await makeHolders(20);
  assertEquals(new Set(holders.map(({ id }) => id)).size, 20);
  for (const holder of holders) {
    assertEquals(proven(challenge, prove(challenge, holder)), holder.id);
  }
  const [one, other] = holders;
  assert(one !== undefined && other !== undefined);
  const borrowed = { ...one, sign: other.sign };
  assertThrows(() => proven(challenge, prove(challenge, borrowed)), LanyardError);
});

Deno.test("makeHolders makes whole certificates, each signed with its own key", async () => {
  for (const { certificate } of await makeHolders(20)) {
    const read = new X509Certificate(certificate);
    assert(read.verify(read.publicKey));
    assertEquals(read.subjectAltName, `DNS:${certificateName}`);
  }
});

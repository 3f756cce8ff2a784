import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { utf8Length } from "../../shared/mod.ts";
import { anyText, hexId, label } from "../../shared/testing/values.ts";
import { fromTxt, hostName, instanceName, toTxt } from "./service_record.ts";

const permissions = "none";
const openPort = fc.integer({ min: 1, max: 65_535 });

Deno.test("a TXT record is read back, and each of its strings fits one", { permissions }, () => {
  fc.assert(fc.property(label, hexId, openPort, openPort, (name, id, port, tlsPort) => {
    for (const notice of [{ name, id, port, tlsPort }, { name, id, port }, { name, id, tlsPort }]) {
      const txt = toTxt(notice);
      assertEquals(fromTxt(txt), notice);
      // One byte says how long a string is (RFC 6763, section 6.1).
      for (const [key, value] of Object.entries(txt)) assert(utf8Length(`${key}=${value}`) <= 255);
    }
  }));
});

Deno.test("instanceName and hostName fit a label of the DNS, and tell trackers of one name apart", {
  permissions,
}, () => {
  fc.assert(fc.property(label, hexId, (name, id) => {
    assert(utf8Length(instanceName({ name, id })) <= 63);
    assert(utf8Length(hostName({ id, name }).replace(".local", "")) <= 63);
    assert(instanceName({ name, id }).isWellFormed());
  }));
  const [one, other] = ["1", "2"].map((digit) => ({ name: "lab", id: digit.repeat(64) }));
  assert(one !== undefined && other !== undefined);
  assertEquals(instanceName(one), "lab (11111111)");
  assertNotEquals(instanceName(one), instanceName(other));
});

Deno.test(
  "hostile 47: fromTxt takes only records that are whole and clean",
  { permissions },
  () => {
    const sound = { name: "lab", id: "a".repeat(64), "tls-port": "2223" };
    assertEquals(fromTxt(sound), { name: "lab", id: sound.id, tlsPort: 2223 });
    assertEquals(fromTxt({ ...sound, port: "0" }), { name: "lab", id: sound.id, tlsPort: 2223 });
    for (
      const more of [
        { "tls-port": undefined },
        { "tls-port": "02223" },
        { "tls-port": "+2223" },
        { "tls-port": "99999" },
        { name: undefined },
        { name: " " },
        { name: "a\r\nb" },
        { name: "a".repeat(65) },
        { id: "a".repeat(63) },
        { id: "A".repeat(64) },
        { id: undefined },
      ]
    ) assertEquals(fromTxt({ ...sound, ...more }), undefined, JSON.stringify(more));
    fc.assert(fc.property(fc.dictionary(anyText, fc.option(anyText)), (txt) => {
      assertEquals(fromTxt(txt), undefined);
    }));
  },
);

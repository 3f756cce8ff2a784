import { assertEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { givenLinkHost, type OwnAddress, ownLinkHost } from "./link_host.ts";

const permissions = "none";

function addresses(...texts: string[]): OwnAddress[] {
  return texts.map((address) => ({
    address,
    family: address.includes(":") ? "IPv6" as const : "IPv4" as const,
  }));
}

Deno.test("ownLinkHost takes the first address that others can reach, of IPv4 if possible", {
  permissions,
}, () => {
  const own = addresses("127.0.0.1", "::1", "fe80::1", "fd00::7", "192.0.2.7", "198.51.100.7");
  assertEquals(ownLinkHost(own), { host: "192.0.2.7", others: ["198.51.100.7"] });
  assertEquals(ownLinkHost(addresses("::1", "fe80::1", "fd00::7", "fd00::8")), {
    host: "fd00::7",
    others: ["fd00::8"],
  });
});

Deno.test("ownLinkHost says what to do on a machine without a network", { permissions }, () => {
  const own = addresses("127.0.0.1", "::1", "fe80::1");
  assertEquals(assertThrows(() => ownLinkHost(own), LanyardError, "--address").code, "usage");
});

Deno.test("givenLinkHost takes a name or an address and nothing else", { permissions }, () => {
  for (
    const [text, host] of [
      ["lab.local", "lab.local"],
      ["192.0.2.7", "192.0.2.7"],
      ["fd00::7", "fd00::7"],
      ["[fd00::7]", "fd00::7"],
    ] as const
  ) assertEquals(givenLinkHost(text), { host, others: [] });
  for (
    const text of [
      "",
      " ",
      "a b",
      "lab:2223",
      "[fd00::7]:1",
      "lab#x",
      "lab?x",
      "a/b",
      "lanyard://x",
    ]
  ) {
    assertEquals(assertThrows(() => givenLinkHost(text), LanyardError).code, "usage", text);
  }
});

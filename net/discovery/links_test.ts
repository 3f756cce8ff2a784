import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type InterfaceAddress, ipv4LinksIn, isNeighbour, linkKey, linksOf } from "./links.ts";

const permissions = "none";

function ipv4(name: string, cidr: string): InterfaceAddress {
  return { name, family: "IPv4", address: cidr.replace(/\/.*/, ""), netmask: "", cidr };
}

function ipv6(name: string, address: string): InterfaceAddress {
  return { name, family: "IPv6", address, netmask: "", cidr: `${address}/64` };
}

const machine = [
  ipv4("lo", "127.0.0.1/8"),
  ipv6("lo", "::1"),
  ipv4("eth0", "10.77.1.5/23"),
  ipv6("eth0", "fd77::5"),
  ipv6("eth0", "fe80::5"),
  ipv4("tun0", "10.8.0.6/32"),
  ipv4("tun1", "10.9.0.1/31"),
];

Deno.test("linksOf finds the address of all machines on each link, and each zone once", {
  permissions,
}, () => {
  assertEquals(linksOf(machine), [
    { family: "IPv4", name: "eth0", address: "10.77.1.5", prefix: 23, broadcast: "10.77.1.255" },
    { family: "IPv6", name: "eth0" },
    { family: "IPv4", name: "lo", address: "127.0.0.1", prefix: 8, broadcast: "127.255.255.255" },
  ]);
  assertEquals(ipv4LinksIn(linksOf(machine)).map(({ name }) => name), ["eth0"]);
});

Deno.test("linksOf leaves out where an address that is listened on cannot be reached", {
  permissions,
}, () => {
  const names = (host: string): string[] => linksOf(machine, host).map(linkKey);
  assertEquals(names("0.0.0.0"), ["4 eth0 10.77.1.5/23", "4 lo 127.0.0.1/8"]);
  assertEquals(names("127.0.0.1"), ["4 lo 127.0.0.1/8"]);
  assertEquals(names("10.77.1.5"), ["4 eth0 10.77.1.5/23"]);
  assertEquals(names("fe80::5"), ["6 eth0"]);
  assertEquals(names("192.0.2.1"), []);
});

Deno.test("linksOf takes no more links than there is use for", { permissions }, () => {
  const many = Array.from({ length: 500 }, (_, at) => [
    ipv4(`veth${at}`, `10.${at >> 8}.${at & 255}.1/24`),
    ipv6(`veth${at}`, `fe80::${at.toString(16)}`),
  ]).flat();
  assertEquals(linksOf([...many, ...machine]).length, 32 + 32 + 1);
});

Deno.test("hostile 47: isNeighbour knows the machines of a link from all others", {
  permissions,
}, () => {
  const links = linksOf(machine);
  for (const near of ["10.77.0.1", "10.77.1.254", "127.0.0.1", "fe80::1", "FE80::1"]) {
    assert(isNeighbour(near, links), near);
  }
  for (
    const far of [
      "10.77.2.1",
      "8.8.8.8",
      "0.0.0.0",
      "2001:db8::1",
      "fd77::5",
      "::1",
      "",
      "x",
      "1.2.3",
    ]
  ) assertEquals(isNeighbour(far, links), false, far);
  assertEquals(isNeighbour("fe80::1", ipv4LinksIn(links)), false);
});

Deno.test("isNeighbour agrees with linksOf on the whole of a network and nothing beside it", {
  permissions,
}, () => {
  const text = (bits: number): string => [24, 16, 8, 0].map((by) => (bits >>> by) & 255).join(".");
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.integer({ min: 1, max: 30 }),
    (bits, prefix) => {
      const links = linksOf([ipv4("eth0", `${text(bits)}/${prefix}`)]);
      const [link] = ipv4LinksIn(links);
      if (link === undefined) return; // It was an address of this machine only.
      const size = 2 ** (32 - prefix);
      const first = Math.floor(bits / size) * size;
      assertEquals(link.broadcast, text(first + size - 1));
      for (const inside of [first, first + 1, first + size - 1]) {
        assert(isNeighbour(text(inside), links));
      }
      for (const outside of [first - 1, first + size]) {
        if (outside < 0 || outside >= 2 ** 32) continue;
        assertEquals(isNeighbour(text(outside), links), false);
      }
    },
  ));
});

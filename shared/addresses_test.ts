import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  addressFor,
  formatEndpoint,
  isLinkLocal,
  isLoopback,
  parseEndpoint,
  plainAddress,
  zoneOf,
} from "./addresses.ts";
import { address, anyText, port } from "./testing/values.ts";

Deno.test({
  name: "plainAddress writes mapped IPv4 as IPv4 and drops a zone",
  permissions: "none",
  fn: () => {
    for (
      const [seen, plain] of [
        ["::ffff:10.0.0.7", "10.0.0.7"],
        ["::FFFF:127.0.0.1", "127.0.0.1"],
        ["10.0.0.7", "10.0.0.7"],
        ["fe80::1%eth0", "fe80::1"],
        ["fe80::1%en 0%1", "fe80::1"],
        ["fd00::ffff:1", "fd00::ffff:1"],
        ["::1", "::1"],
        ["64:ff9b::ffff:10.0.0.7", "64:ff9b::ffff:10.0.0.7"],
      ] as const
    ) assertEquals(plainAddress(seen), plain);
  },
});

Deno.test({
  name: "isLoopback knows 127/8 and ::1",
  permissions: "none",
  fn: () => {
    for (const address of ["127.0.0.1", "127.255.0.9", "::1"]) assert(isLoopback(address));
    for (const address of ["10.127.0.1", "128.0.0.1", "::", "::11", "fe80::1", "1270.0.0.1"]) {
      assert(!isLoopback(address));
    }
  },
});

Deno.test({
  name: "isLinkLocal knows fe80::/10 and nothing beside it",
  permissions: "none",
  fn: () => {
    for (const address of ["fe80::1", "FE80::1%eth0", "febf:1::", "fe9a::", "fea0::1"]) {
      assert(isLinkLocal(address));
    }
    for (const address of ["fec0::1", "fe7f::1", "fe8::1", "fd00::fe80", "169.254.0.1", "::"]) {
      assert(!isLinkLocal(address));
    }
  },
});

Deno.test({
  name: "zoneOf is what stands behind the per cent sign",
  permissions: "none",
  fn: () => {
    assertEquals(zoneOf("fe80::1%eth0"), "eth0");
    assertEquals(zoneOf("fe80::1"), "");
    assertEquals(zoneOf("fe80::1%"), "");
  },
});

Deno.test({
  name: "addressFor tells a source on the tracker's machine by where the searcher reached it",
  permissions: "none",
  fn: () => {
    const near = { remote: "127.0.0.1", local: "127.0.0.1" };
    const nearV6 = { remote: "::1", local: "::1" };
    const far = { remote: "192.168.1.9", local: "192.168.1.2" };
    const farV6 = { remote: "fd00::9", local: "fd00::2" };
    for (
      const [source, searcher, told] of [
        ["127.0.0.1", near, "127.0.0.1"],
        ["::1", near, "127.0.0.1"],
        ["127.0.0.1", nearV6, "127.0.0.1"],
        ["127.0.0.1", far, "192.168.1.2"],
        ["::1", farV6, "fd00::2"],
        ["192.168.1.5", near, "192.168.1.5"],
        ["192.168.1.5", far, "192.168.1.5"],
        ["fe80::5", farV6, "fe80::5"],
      ] as const
    ) assertEquals(addressFor(source, searcher), told, `${source} for ${searcher.remote}`);
  },
});

Deno.test({
  name: "parseEndpoint reads hosts with and without port",
  permissions: "none",
  fn: () => {
    for (
      const [text, host, port] of [
        ["10.0.0.7", "10.0.0.7", 2222],
        ["10.0.0.7:80", "10.0.0.7", 80],
        ["localhost", "localhost", 2222],
        ["lab-pc.local:65535", "lab-pc.local", 65_535],
        ["müller:1", "müller", 1],
        ["abc:80", "abc", 80],
        ["host:0", "host", 0],
        ["[::1]", "::1", 2222],
        ["[::1]:80", "::1", 80],
        ["[fe80::1%eth0]:80", "fe80::1%eth0", 80],
        ["[::ffff:10.0.0.7]:80", "::ffff:10.0.0.7", 80],
        ["::1", "::1", 2222],
        ["::", "::", 2222],
        // Without brackets the last group is no port.
        ["::1:80", "::1:80", 2222],
        ["fd00::abcd", "fd00::abcd", 2222],
        ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", 2222],
        ["fe80::1%eth0", "fe80::1%eth0", 2222],
      ] as const
    ) assertEquals(parseEndpoint(text, 2222), { host, port }, text);
  },
});

Deno.test({
  name: "parseEndpoint refuses what is no endpoint",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        ...["", " ", ":", ":80", "a b", "a:", "cafe:", "10.0.0.7:", "dead:beef", "[::1", "::1]"],
        ...["[::1]80", "[::1]:", "[]", "[]:80", "[host]:80", "host:65536", "host:99999"],
        ...["host:123456", "host:-1", "host:8a", "host:٨٠", "http://host", "host/x", "host:1:2x"],
        ...["host\n", "\nhost", "10.0.0.7:80 ", "gggg::1", "[fe80::1% ]"],
      ]
    ) assertEquals(parseEndpoint(text, 2222), undefined, text);
  },
});

Deno.test({
  name: "parseEndpoint reads what formatEndpoint writes",
  permissions: "none",
  fn: () => {
    const host = fc.oneof(address, fc.domain(), address.map((a) => a.includes(":") ? `${a}%1` : a));
    fc.assert(fc.property(host, port, (host, port) => {
      assertEquals(parseEndpoint(formatEndpoint(host, port), 1), { host, port });
    }));
  },
});

Deno.test({
  name: "parseEndpoint answers any text in time that does not explode",
  permissions: "none",
  fn: () => {
    for (const unit of ["a:", "1.", "::", "f", "%", "[", "fe80::1%"]) {
      parseEndpoint(`${unit.repeat(5000)} `, 1);
    }
    fc.assert(fc.property(anyText, (text) => {
      const endpoint = parseEndpoint(text, 1);
      assert(endpoint === undefined || endpoint.host !== "");
    }));
  },
});

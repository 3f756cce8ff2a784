import { assertEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../shared/mod.ts";
import { choosePorts, type GivenPorts, type Ports } from "./ports.ts";

const permissions = "none";

/** A command line that says nothing of ports, but for this. */
function choose(given: Partial<GivenPorts> = {}): Ports {
  return choosePorts({ tlsOnly: false, inviteOnly: false, ...given });
}

Deno.test("choosePorts opens the well-known ports, of which the operator's may be another", {
  permissions,
}, () => {
  assertEquals(choose(), { port: 2222, tlsPort: 2223, http: { port: 2280, orFree: true } });
});

Deno.test("choosePorts takes what is given, and does without what is off", { permissions }, () => {
  assertEquals(choose({ port: 0, tlsPort: 1, httpPort: 2280 }), {
    port: 0,
    tlsPort: 1,
    http: { port: 2280, orFree: false },
  });
  assertEquals(choose({ port: "off", httpPort: "off" }), {
    port: undefined,
    tlsPort: 2223,
    http: undefined,
  });
  assertEquals(choose({ tlsPort: "off" }).tlsPort, undefined);
  assertEquals(choose({ port: 0 }).tlsPort, 0, "any free port is any for both");
});

Deno.test("hostile 46: choosePorts closes the plain port where it would be a way around", {
  permissions,
}, () => {
  for (const rule of [{ tlsOnly: true }, { inviteOnly: true }]) {
    assertEquals([choose(rule).port, choose(rule).tlsPort], [undefined, 2223]);
    assertEquals(choose({ ...rule, port: "off", tlsPort: 7 }).tlsPort, 7);
    assertEquals(choose({ ...rule, port: 0 }).port, undefined);
  }
});

Deno.test("choosePorts refuses what contradicts itself, and says what to leave out", {
  permissions,
}, () => {
  for (
    const [given, says] of [
      [{ port: "off", tlsPort: "off" }, "--port off or --tls-port off"],
      [{ tlsOnly: true, port: 2222 }, "--tls-only closes"],
      [{ inviteOnly: true, port: 1 }, "--invite-only closes"],
      [{ tlsOnly: true, inviteOnly: true, port: 1 }, "--invite-only closes"],
      [{ tlsOnly: true, tlsPort: "off" }, "--tls-only needs"],
      [{ inviteOnly: true, tlsPort: "off" }, "--invite-only needs"],
    ] as [Partial<GivenPorts>, string][]
  ) assertEquals(assertThrows(() => choose(given), LanyardError, says).code, "usage");
});

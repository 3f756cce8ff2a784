import { assertEquals, assertMatch } from "@std/assert";
import { findFirewall, type Firewall, judgeFirewall } from "./firewall.ts";

const permissions = "none";

/** What a machine with these files has. */
function find(files: Record<string, string>): Promise<Firewall | undefined> {
  return findFirewall("linux", {
    read: (path) =>
      path in files ? Promise.resolve(files[path] ?? "") : Promise.reject(new Error("Not there")),
    exists: (path) => Promise.resolve(path in files),
  });
}

Deno.test("findFirewall knows the firewalls of Linux by their files", { permissions }, async () => {
  const unit = (name: string): string => `/run/systemd/units/invocation:${name}.service`;
  assertEquals(await find({}), undefined);
  assertEquals(await find({ "/etc/ufw/ufw.conf": "# ufw\nENABLED=no\n" }), undefined);
  assertEquals(await find({ "/etc/ufw/ufw.conf": "# ufw\nENABLED=yes\nLOGLEVEL=low\n" }), "ufw");
  assertEquals(await find({ [unit("firewalld")]: "" }), "firewalld");
  assertEquals(await find({ [unit("nftables")]: "" }), "nftables");
});

Deno.test("findFirewall knows those of other systems by the system", { permissions }, async () => {
  const none = { read: () => Promise.reject(), exists: () => Promise.resolve(false) };
  assertEquals(await findFirewall("windows", none), "Windows");
  assertEquals(await findFirewall("darwin", none), "macOS");
});

Deno.test("judgeFirewall says what to do only if something is in the way", { permissions }, () => {
  const all = ["ufw", "firewalld", "nftables", "Windows", "macOS", undefined] as const;
  for (const one of all) {
    assertEquals(judgeFirewall(one, false).verdict, "ok");
    assertEquals(judgeFirewall(one, false).remedy, undefined);
    const { verdict, remedy } = judgeFirewall(one, true);
    assertEquals(verdict, "warning");
    assertMatch(remedy ?? "", /\w/);
  }
  assertMatch(judgeFirewall("ufw", true).remedy ?? "", /^sudo ufw allow /);
});

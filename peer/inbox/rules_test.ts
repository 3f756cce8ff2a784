import { assertEquals } from "@std/assert";
import { parseSharePath } from "../../shared/mod.ts";
import type { Sender } from "../upload/mod.ts";
import { type InboxRules, refusalOf, type Usage } from "./rules.ts";

const ana: Sender = { address: "192.0.2.7", peer: "3f9a".padEnd(64, "0"), name: "ana" };
const roomy: Usage = { files: 0, bytes: 0, room: 1e12 };

/** The code with which a file is refused. */
function refused(
  path: string,
  size: number,
  { sender = ana, rules = {}, usage = roomy }: {
    sender?: Sender;
    rules?: InboxRules;
    usage?: Usage;
  } = {},
): string | undefined {
  return refusalOf({ path: parseSharePath(path), size }, sender, rules, usage)?.code;
}

Deno.test("refusalOf takes what the rules and the disk allow", () => {
  assertEquals(refused("a/b.txt", 5), undefined);
  assertEquals(refused("a.txt", 0), undefined);
  const rules = { quota: 10, maxFile: 5 };
  assertEquals(refused("a.txt", 5, { rules, usage: { ...roomy, bytes: 5 } }), undefined);
});

Deno.test("hostile 50: refusalOf keeps an inbox from filling, and a disk from being filled", () => {
  const rules = { quota: 10, maxFile: 5 };
  assertEquals(refused("a.txt", 6, { rules }), "refused");
  assertEquals(refused("a.txt", 5, { rules, usage: { ...roomy, bytes: 6 } }), "full");
  assertEquals(refused("a.txt", 5, { usage: { ...roomy, room: 4 } }), "full");
  assertEquals(refused("a.txt", 2 ** 53 - 1), "full");
  assertEquals(refused("a.txt", 0, { usage: { ...roomy, files: 100_000 } }), "full");
});

Deno.test("hostile 50: refusalOf takes nothing that a system runs or hides by itself", () => {
  const names = [
    "autorun.inf",
    "AutoRun.inf",
    "x/desktop.ini",
    "prize.lnk",
    "prize.pdf.LNK",
    "prize.desktop",
    "x.url",
    "x.scf",
    ".bashrc",
    ".ssh/authorized_keys",
    "a/.config/b.txt",
  ];
  for (const name of names) assertEquals(refused(name, 1), "unsupported-name", name);
  for (const name of ["autorun.inf.txt", "lnk", "desktop.txt"]) {
    assertEquals(refused(name, 1), undefined);
  }
});

Deno.test("refusalOf knows those who may send by name, or by digits of ids that are proven", () => {
  const from = (...wanted: string[]): { rules: InboxRules } => ({ rules: { from: wanted } });
  assertEquals(refused("a.txt", 1, from("ana")), undefined);
  assertEquals(refused("a.txt", 1, from("bo", "3F9A")), undefined);
  for (const other of ["an", "3f9", "3f9b", "192.0.2.7", ""]) {
    assertEquals(refused("a.txt", 1, from(other)), "refused", other);
  }
  const stranger: Sender = { address: "192.0.2.8" };
  assertEquals(refused("a.txt", 1, { sender: stranger, ...from("ana", "3f9a") }), "refused");
  assertEquals(refused("a.txt", 1, from()), "refused", "nobody is not everybody");
});

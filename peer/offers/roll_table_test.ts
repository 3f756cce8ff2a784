import { assertEquals } from "@std/assert";
import { type Answered, Roll } from "./roll.ts";
import { rollTable } from "./roll_table.ts";

const permissions = "none";

function rollOf(...said: [string, Answered["answer"], number?][]): Roll {
  const roll = new Roll();
  for (const [name, answer, verified] of said) {
    const peer = name.repeat(8);
    const from = { verb: "ANSWERED", offer: "o", peer, name, address: "192.0.2.7" } as const;
    roll.take({ ...from, answer, ...(verified === undefined ? {} : { verified }) });
  }
  return roll;
}

Deno.test("rollTable has a line a peer, and one that sums it up", { permissions }, () => {
  const roll = rollOf(
    ["ana", "offered"],
    ["bo", "accepted", 499],
    ["cyril", "declined"],
    ["dan", "done"],
  );
  assertEquals(rollTable(roll, 1000, 20), [
    "ana    192.0.2.7        offered",
    "bo     192.0.2.7        49 %",
    "cyril  192.0.2.7        declined",
    "dan    192.0.2.7        done",
    "1 of 4 peers have it; 1 on the way, 1 declined, 0 failed, 1 undecided",
  ]);
});

Deno.test("rollTable counts those that there is no room for", { permissions }, () => {
  const roll = rollOf(["a", "done"], ["b", "offered"], ["c", "accepted", 0], ["d", "failed"]);
  assertEquals(rollTable(roll, 10, 4).map((line) => line.split(/ {2,}/)), [
    ["c", "192.0.2.7", "accepted"],
    ["d", "192.0.2.7", "failed"],
    ["... and 2 more"],
    ["1 of 4 peers have it; 1 on the way, 0 declined, 1 failed, 1 undecided"],
  ]);
  assertEquals(rollTable(roll, 10, 1).length, 2, "one that counts and one that sums up");
});

Deno.test("hostile 07: rollTable shows no control characters of names", { permissions }, () => {
  const [line = ""] = rollTable(rollOf(["\u001b[2Ja\u202eb", "offered"]), 10, 5);
  assertEquals(line.split("  ")[0], "\\u{1b}[2Ja\\u{202e}b");
});

Deno.test("rollTable has no percentages of nothing", { permissions }, () => {
  assertEquals(rollTable(rollOf(["a", "accepted", 0]), 0, 5)[0]?.endsWith("accepted"), true);
});

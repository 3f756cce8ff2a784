import { assertEquals, assertRejects } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { History, historyFile, historySize } from "./history.ts";

Deno.test("History keeps the last lines, each once, for its user alone", async () => {
  await using temp = new TempFolder();
  const history = await History.open(temp.path);
  for (const line of ["search a", "peers", "search a"]) history.add(line);
  await history.save();
  assertEquals((await History.open(temp.path)).lines, ["search a", "peers"]);
  assertEquals((Deno.statSync(historyFile(temp.path)).mode ?? 0) & 0o777, 0o600);
  for (let number = 0; number < historySize + 10; number++) history.add(`search ${number}`);
  await history.save();
  const { lines } = await History.open(temp.path);
  assertEquals([lines.length, lines[0], lines.at(-1)], [500, "search 509", "search 10"]);
});

Deno.test("History keeps what two shells add at the same time", async () => {
  await using temp = new TempFolder();
  const [one, other] = [await History.open(temp.path), await History.open(temp.path)];
  one.add("search one");
  other.add("search other");
  await one.save();
  await other.save();
  assertEquals((await History.open(temp.path)).lines, ["search other", "search one"]);
});

Deno.test("hostile 49: History keeps no join link, and nothing that a terminal would obey", async () => {
  await using temp = new TempFolder();
  const history = await History.open(temp.path);
  const lines = ["lanyard://1.2.3.4:2223#AA.KEY", "join LANYARD://h:1#A.B", "a\u001b[2Jb", " ", ""];
  for (const line of [...lines, "x".repeat(2000)]) history.add(line);
  await history.save();
  assertEquals([...Deno.readDirSync(temp.path)], []);
  await temp.write("shell_history", "fine\na\u001b[2Jb\n\nlanyard://h:1#A.B\n");
  assertEquals((await History.open(temp.path)).lines, ["fine"]);
});

Deno.test("hostile 60: History says which file it cannot read", async () => {
  await using temp = new TempFolder();
  await Deno.mkdir(historyFile(temp.path));
  await assertRejects(() => History.open(temp.path), LanyardError, historyFile(temp.path));
});

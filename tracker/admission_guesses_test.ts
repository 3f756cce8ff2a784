import { assertEquals } from "@std/assert";
import { Guesses } from "./admission_guesses.ts";

const permissions = "none";
const minute = 60_000;

Deno.test("hostile 48: Guesses locks a source out for a minute after five wrong keys in one", {
  permissions,
}, () => {
  const guesses = new Guesses();
  for (const at of [0, 1, 2, 3]) {
    guesses.countWrong("a", at);
    assertEquals(guesses.isLockedOut("a", at), false);
  }
  guesses.countWrong("a", minute - 1);
  assertEquals(guesses.isLockedOut("a", minute - 1), true);
  assertEquals(guesses.isLockedOut("a", 2 * minute - 2), true);
  guesses.countWrong("b", minute);
  assertEquals(["a", "b"].map((source) => guesses.isLockedOut(source, minute)), [true, false]);
  assertEquals(guesses.isLockedOut("a", 2 * minute - 1), false);
});

Deno.test("Guesses lets a source begin anew after it was locked out", { permissions }, () => {
  const guesses = new Guesses();
  for (let at = 0; at < 5; at++) guesses.countWrong("a", at);
  const after = 4 + minute;
  for (let wrong = 1; wrong <= 5; wrong++) {
    assertEquals(guesses.isLockedOut("a", after), false);
    guesses.countWrong("a", after);
  }
  assertEquals(guesses.isLockedOut("a", after), true);
});

Deno.test("Guesses counts wrong keys together for a minute only", { permissions }, () => {
  const guesses = new Guesses();
  for (let wrong = 0; wrong < 100; wrong++) {
    const now = wrong * (minute / 4);
    guesses.countWrong("a", now);
    assertEquals(guesses.isLockedOut("a", now), false, `${wrong}`);
  }
});

Deno.test("hostile 48: Guesses remembers no source for longer than it has to", {
  permissions,
}, () => {
  const guesses = new Guesses();
  for (let at = 0; at < 1000; at++) guesses.countWrong(`source ${at}`, at);
  for (let wrong = 0; wrong < 5; wrong++) guesses.countWrong("source 0", 1000);
  assertEquals(guesses.size, 1000);
  guesses.countWrong("late", minute + 500);
  assertEquals(guesses.size, 501, "those of the first half second are forgotten, but for one");
  assertEquals(guesses.isLockedOut("source 0", minute + 500), true);
  guesses.countWrong("later", 2 * minute + 500);
  assertEquals(guesses.size, 1);
});

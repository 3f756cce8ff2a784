import { assertEquals, assertThrows } from "@std/assert";
import { parseLabel, wholeNumber } from "./arguments.ts";
import { limits } from "./limits.ts";

Deno.test({
  name: "wholeNumber reads digits within its limits, and says what to give instead",
  permissions: "none",
  fn: () => {
    const read = wholeNumber(1, 80);
    assertEquals(["1", "80", "007"].map(read), [1, 80, 7]);
    for (const text of ["0", "81", "", "-1", "1.5", "1e1", "0x10", " 7", "٧"]) {
      assertThrows(() => read(text), RangeError, "Give a whole number from 1 to 80.");
    }
  },
});

Deno.test({
  name: "parseLabel takes what can be shown, and says what to give instead",
  permissions: "none",
  fn: () => {
    assertEquals(["ana", "Ana's laptop", "żółw"].map(parseLabel), ["ana", "Ana's laptop", "żółw"]);
    for (const text of ["", "  ", "a\nb", "\u001b[2J", "ä".repeat(limits.labelBytes)]) {
      assertThrows(() => parseLabel(text), RangeError, "Give a name");
    }
  },
});

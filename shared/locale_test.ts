import { assertEquals } from "@std/assert";
import { asciiPunctuation, showsUtf8 } from "./locale.ts";

function shows(variables: Record<string, string>, os = "linux"): boolean {
  return showsUtf8(os, (name) => variables[name]);
}

Deno.test({
  name: "showsUtf8 heeds LC_ALL, then LC_CTYPE, then LANG, and forbids nothing by itself",
  permissions: "none",
  fn: () => {
    for (const locale of ["de_DE.UTF-8", "C.utf8", "en_US.utf-8"]) {
      assertEquals(shows({ LANG: locale }), true, locale);
    }
    for (const locale of ["C", "POSIX", "de_DE@euro", "ja_JP.eucJP"]) {
      assertEquals(shows({ LANG: locale }), false, locale);
      assertEquals(shows({ LANG: locale }, "windows"), true);
    }
    assertEquals([shows({}), shows({ LC_ALL: "" })], [true, true]);
    assertEquals(shows({ LC_ALL: "C", LANG: "de_DE.UTF-8" }), false);
    assertEquals(shows({ LC_CTYPE: "C.UTF-8", LANG: "C" }), true);
  },
});

Deno.test({
  name: "asciiPunctuation changes our marks, and no letter",
  permissions: "none",
  fn: () => assertEquals(asciiPunctuation("ana·k3f9… süß 1–2"), "ana-k3f9... süß 1-2"),
});

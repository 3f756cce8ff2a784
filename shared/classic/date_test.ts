import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatClassicDate, parseClassicDate } from "./date.ts";

Deno.test({
  name: "parseClassicDate reads years of two and four digits",
  permissions: "none",
  fn: () => {
    for (
      const [text, year, month, day] of [
        ["20/11/26", 2026, 11, 20],
        ["20/11/2026", 2026, 11, 20],
        ["1/2/05", 2005, 2, 1],
        ["02/01/1970", 1970, 1, 2],
        ["02/01/70", 1970, 1, 2],
        ["31/12/99", 1999, 12, 31],
        ["01/01/00", 2000, 1, 1],
        ["31/12/69", 2069, 12, 31],
        ["29/02/24", 2024, 2, 29],
        ["29/02/2000", 2000, 2, 29],
        ["31/12/9999", 9999, 12, 31],
      ] as const
    ) assertEquals(parseClassicDate(text), new Date(year, month - 1, day).getTime(), text);
  },
});

Deno.test({
  name: "parseClassicDate knows no day that no calendar has",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        ...["31/02/20", "29/02/23", "29/02/1900", "31/04/20", "32/01/20", "00/01/20", "01/00/20"],
        ...["01/13/20", "99/99/99", "01/01/1900", "01/01/0099", "01/01/0000"],
      ]
    ) assertEquals(parseClassicDate(text), undefined, text);
  },
});

Deno.test({
  name: "parseClassicDate knows nothing but DD/MM/YY and DD/MM/YYYY",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        ...["", "today", "2020-01-01", "01.01.20", "1/1/1", "01/01/020", "01/01/20200", "-1/01/20"],
        ...["01/01", "01/01/20 ", " 01/01/20", "01/01/20\n", "٠١/٠١/٢٠", "1e1/01/20", "01//20"],
      ]
    ) assertEquals(parseClassicDate(text), undefined, JSON.stringify(text));
  },
});

Deno.test({
  name: "formatClassicDate writes what parseClassicDate reads as the same day",
  permissions: "none",
  fn: () => {
    const day = fc.date({
      min: new Date(1970, 0, 2),
      max: new Date(2069, 11, 31),
      noInvalidDate: true,
    });
    fc.assert(fc.property(day, (time) => {
      const midnight = new Date(time.getFullYear(), time.getMonth(), time.getDate());
      const text = formatClassicDate(time.getTime());
      assertEquals(text.length, "DD/MM/YY".length);
      assertEquals(parseClassicDate(text), midnight.getTime());
    }));
  },
});

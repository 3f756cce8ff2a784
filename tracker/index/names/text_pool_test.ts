import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Pattern } from "./pattern.ts";
import { TextPool } from "./text_pool.ts";

Deno.test("TextPool gives back every text, of whatever characters", { permissions: "none" }, () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: "binary", maxLength: 3000 }));
  fc.assert(fc.property(fc.array(text), (texts) => {
    const pool = new TextPool();
    const places = texts.map((text) => pool.add(text));
    assertEquals(places.map((place) => pool.get(place)), texts);
  }));
});

Deno.test("TextPool.includes finds parts of texts, and no others", { permissions: "none" }, () => {
  const text = fc.string({ unit: fc.constantFrom("a", "a", "b", "雪", "😀"), maxLength: 30 });
  const part = fc.string({
    unit: fc.constantFrom("a", "a", "b", "雪"),
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(fc.property(fc.array(text), part, (texts, part) => {
    const pool = new TextPool();
    const places = texts.map((text) => pool.add(text));
    const pattern = new Pattern(part);
    assertEquals(
      places.map((place) => pool.includes(place, pattern)),
      texts.map((text) => text.includes(part)),
    );
  }));
});

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { TextPool } from "./text_pool.ts";

Deno.test("TextPool gives back every text, of whatever characters", { permissions: "none" }, () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: "binary", maxLength: 3000 }));
  fc.assert(fc.property(fc.array(text), (texts) => {
    const pool = new TextPool();
    const places = texts.map((text) => pool.add(text));
    assertEquals(places.map((place) => pool.get(place)), texts);
  }));
});

Deno.test("TextPool says whether a text has another one in it", { permissions: "none" }, () => {
  const unit = fc.constantFrom("a", "b", "雪");
  const part = fc.string({ unit, minLength: 1, maxLength: 4 });
  fc.assert(fc.property(fc.string({ unit }), part, fc.string(), (text, part, before) => {
    const pool = new TextPool();
    pool.add(before);
    const place = pool.add(text);
    pool.add(part);
    assertEquals(pool.includes(place, part), text.includes(part));
  }));
});

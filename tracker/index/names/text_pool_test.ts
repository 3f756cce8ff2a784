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

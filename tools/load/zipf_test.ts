import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Zipf } from "./zipf.ts";

Deno.test("Zipf gives every rank its place, and the first ranks more of it", () => {
  const zipf = new Zipf(4, 1);
  // 1 + 1/2 + 1/3 + 1/4 is 25/12.
  const places = [0, 11.9 / 25, 12.1 / 25, 17.9 / 25, 18.1 / 25, 21.9 / 25, 22.1 / 25, 0.9999];
  assertEquals(places.map((place) => zipf.rankAt(place)), [0, 0, 1, 1, 2, 2, 3, 3]);
});

Deno.test("Zipf stays among its ranks, and later places never have earlier ranks", () => {
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(fc.property(fc.integer({ min: 1, max: 3000 }), place, place, (count, a, b) => {
    const zipf = new Zipf(count);
    const [low, high] = [zipf.rankAt(Math.min(a, b)), zipf.rankAt(Math.max(a, b))];
    assert(low >= 0 && low <= high && high < count);
  }));
});

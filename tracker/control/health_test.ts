import { assertEquals } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { Health } from "./health.ts";

const permissions = "none";

Deno.test("Health says that all is well, and asks again each time", { permissions }, async () => {
  let asked = 0;
  const errors: unknown[] = [];
  const health = new Health(() => Promise.resolve(void asked++), {
    onFailure: (error) => errors.push(error),
  });
  assertEquals(await health.verdict(), { ok: true });
  assertEquals(await health.verdict(), { ok: true });
  assertEquals([asked, errors], [2, []]);
});

Deno.test("hostile 49: Health tells what has failed to the tracker's own output, once", {
  permissions,
}, async () => {
  let fault: Error | undefined;
  const errors: unknown[] = [];
  const health = new Health(
    () => fault === undefined ? Promise.resolve() : Promise.reject(fault),
    { onFailure: (error) => errors.push(error) },
  );
  const failed = { ok: false, reason: "The index has failed" } as const;
  const faults = [new Error("disk I/O error in /home/ana/index"), undefined, new Error("again")];
  for (fault of faults) {
    const expected = fault === undefined ? { ok: true } as const : failed;
    for (let time = 0; time < 3; time++) assertEquals(await health.verdict(), expected);
  }
  assertEquals(errors, [faults[0], faults[2]]);
  fault = new LanyardError("closed", "The tracker is ending");
  assertEquals(await health.verdict(), { ok: false, reason: "The tracker is ending" });
  assertEquals(errors.length, 2);
});

Deno.test("Health waits a while for an index that does not answer, and has asked it once", {
  permissions,
}, async () => {
  let asked = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const health = new Health(() => {
    asked++;
    return promise;
  }, { patience: 1, onFailure: () => {} });
  const late = { ok: false, reason: "The index does not answer" } as const;
  const verdicts = await Promise.all(Array.from({ length: 100 }, () => health.verdict()));
  assertEquals(new Set(verdicts.map((verdict) => JSON.stringify(verdict))).size, 1);
  assertEquals([verdicts[0], await health.verdict(), asked], [late, late, 1]);
  resolve();
  assertEquals([await health.verdict(), asked], [{ ok: true }, 1]);
  assertEquals([await health.verdict(), asked], [{ ok: true }, 2]);
});

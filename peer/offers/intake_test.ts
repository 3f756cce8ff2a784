import { assertEquals } from "@std/assert";
import { type ErrorCode, LanyardError, parseSharePath } from "../../shared/mod.ts";
import type { OfferedPush } from "./describe.ts";
import { Intake } from "./intake.ts";

const permissions = "none";

function offered(offer: string, from = "ana"): OfferedPush {
  const file = { path: parseSharePath("films/a.mp4"), size: 100, modified: 7, id: "c".repeat(64) };
  return { verb: "OFFERED", offer, from, name: from, file, message: "" };
}

/** A tracker that writes down the answers it gets. */
class Ear {
  readonly heard: string[] = [];
  refusing: ErrorCode | undefined;

  // deno-lint-ignore no-explicit-any -- one method stands for all requests
  readonly request = (request: any): Promise<any> => {
    const { offer, answer, verified } = request;
    this.heard.push([offer, answer, verified].filter((one) => one !== undefined).join(" "));
    return this.refusing === undefined
      ? Promise.resolve({ verb: "OK" })
      : Promise.reject(new LanyardError(this.refusing, ""));
  };

  /** What was answered since the last look. */
  take(): string[] {
    return this.heard.splice(0);
  }
}

Deno.test("Intake answers what was decided, and reports progress once a second", {
  permissions,
}, async () => {
  const ear = new Ear();
  const intake = new Intake(offered("1"), ear);
  assertEquals([intake.name, intake.decision], ["a.mp4", "open"]);
  await intake.decide("taking");
  for (let ms = 0; ms <= 2000; ms += 100) intake.progress(ms / 100 + 1, ms);
  await intake.decide("done");
  assertEquals(ear.take(), [
    "1 accepted",
    "1 accepted 1",
    "1 accepted 11",
    "1 accepted 21",
    "1 accepted 21",
    "1 done",
  ]);
});

Deno.test("Intake answers every offer of the file alike, also one that comes later", {
  permissions,
}, async () => {
  const ear = new Ear();
  const intake = new Intake(offered("1"), ear);
  assertEquals(await intake.add(offered("2")), false);
  assertEquals(ear.take(), []);
  await intake.decide("taking");
  assertEquals(ear.take(), ["1 accepted", "2 accepted"]);
  await intake.decide("done");
  ear.take();
  assertEquals(await intake.add(offered("3", "bo")), true);
  assertEquals(ear.take(), ["3 accepted", "3 done"]);
});

Deno.test("Intake says again what it had said before the connection was lost", {
  permissions,
}, async () => {
  const ear = new Ear();
  const intake = new Intake(offered("1"), ear);
  ear.refusing = "closed";
  await intake.decide("declined");
  ear.refusing = undefined;
  ear.take();
  await intake.add(offered("1"));
  assertEquals(ear.take(), ["1 declined"]);
});

Deno.test("Intake knows when nobody offers the file any more", { permissions }, async () => {
  const ear = new Ear();
  const intake = new Intake(offered("1"), ear);
  ear.refusing = "not-found";
  await intake.decide("taking");
  assertEquals(intake.isOffered, false);
  ear.refusing = "order";
  await intake.add(offered("2"));
  assertEquals(intake.isOffered, true);
});

import { assertEquals } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { eventually } from "../../tests/support/waiting.ts";
import type { LedgerEntry } from "./ledger_row.ts";
import { Recorder } from "./recorder.ts";

const permissions = "none";

function entry(name: string): LedgerEntry {
  const other = { peer: "p", address: "a", port: 0, file: "f", size: 1, id: "i" };
  return { ...other, time: 0, name, answer: "done" };
}

/** A ledger that can be full. */
class Paper {
  readonly names: string[] = [];
  full = false;

  async write(entries: readonly LedgerEntry[]): Promise<void> {
    await Promise.resolve();
    if (this.full) throw new LanyardError("full", "The disk is full");
    this.names.push(...entries.map(({ name }) => name));
  }
}

Deno.test("Recorder keeps entries in order", { permissions }, async () => {
  const paper = new Paper();
  const recorder = new Recorder(paper, { failed: () => {}, recovered: () => {} });
  for (const name of ["ana", "bo", "cy"]) recorder.add(entry(name));
  await recorder.close();
  assertEquals([paper.names, recorder.waiting], [["ana", "bo", "cy"], []]);
});

Deno.test("hostile 58: Recorder says that the ledger is full, and loses nothing", {
  permissions,
}, async () => {
  const [paper, events] = [new Paper(), [] as string[]];
  paper.full = true;
  const recorder = new Recorder(paper, {
    failed: ({ code }, waiting) => events.push(`${code}, ${waiting} waiting`),
    recovered: () => events.push("recovered"),
  }, 5);
  recorder.add(entry("ana"));
  await eventually(() => recorder.failure);
  recorder.add(entry("bo"));
  await eventually(() => events.includes("full, 2 waiting") || undefined);
  assertEquals(recorder.waiting.map(({ name }) => name), ["ana", "bo"]);
  paper.full = false;
  await eventually(() => recorder.failure === undefined || undefined);
  assertEquals(paper.names, ["ana", "bo"]);
  assertEquals(events.at(-1), "recovered");
  await recorder.close();
});

Deno.test("Recorder tries once more when it is closed", { permissions }, async () => {
  const paper = new Paper();
  paper.full = true;
  const recorder = new Recorder(paper, { failed: () => {}, recovered: () => {} });
  recorder.add(entry("ana"));
  await eventually(() => recorder.failure);
  paper.full = false;
  await recorder.close();
  assertEquals([paper.names, recorder.failure], [["ana"], undefined]);
});

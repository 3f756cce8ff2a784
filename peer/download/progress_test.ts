import { assert, assertEquals, assertMatch } from "@std/assert";
import { patience, within } from "../../tests/support/waiting.ts";
import type { Output } from "../output.ts";
import { Progress } from "./progress.ts";

/** An output that keeps what it is told. */
class FakeOutput {
  readonly json: boolean;
  readonly reports: (string | Record<string, unknown>)[] = [];
  erased = 0;
  #next = Promise.withResolvers<void>();

  constructor(json: boolean) {
    this.json = json;
  }

  event(object: Record<string, unknown>): void {
    this.#take(object);
  }

  draw(line: string): void {
    this.#take(line);
  }

  erase(): void {
    this.erased++;
  }

  /** The next report. */
  async next(): Promise<string | Record<string, unknown>> {
    const { length } = this.reports;
    while (this.reports.length === length) await within(this.#next.promise, patience);
    return this.reports.at(-1) ?? "";
  }

  get output(): Output {
    return this as unknown as Output;
  }

  #take(report: string | Record<string, unknown>): void {
    this.reports.push(report);
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}

Deno.test("Progress reports events with what is done, received and still to come", async () => {
  const fake = new FakeOutput(true);
  const progress = new Progress(fake.output, "photos", { files: 3, bytes: 1000 });
  progress.update(0, 100, 60);
  progress.update(1, 200, 200);
  progress.update(0, 150, 110);
  const first = await fake.next();
  assert(typeof first === "object");
  const { rate, ...rest } = first;
  assertEquals(rest, { event: "progress", done: 350, size: 1000, files: 0, of: 3, received: 310 });
  assert(typeof rate === "number" && rate >= 0 && Number.isInteger(rate));
  progress.settle(0, 400);
  progress.settle(2, 100); // One that was here already.
  const { done, files, received } = Object(await fake.next());
  assertEquals([done, files, received], [700, 2, 310]);
  progress.close();
  assertEquals(fake.erased, 1);
});

Deno.test("Progress draws a line for people", async () => {
  const fake = new FakeOutput(false);
  const progress = new Progress(fake.output, "week 3.mp4", { files: 1, bytes: 2_000_000 });
  progress.update(0, 500_000, 500_000);
  assertMatch(
    String(await fake.next()),
    /^\[#####-{15}\] {2}25 % {2}500 kB of 2\.00 MB {2}.+\/s( {2}.+ left)? {2}week 3\.mp4$/,
  );
  progress.settle(0, 2_000_000);
  assertMatch(String(await fake.next()), /^\[#{20}\] 100 % {2}2\.00 MB of 2\.00 MB /);
  progress.close();
});

Deno.test("Progress counts files where there are several, and calls nothing at all done", async () => {
  const fake = new FakeOutput(false);
  const progress = new Progress(fake.output, "", { files: 2, bytes: 0 });
  progress.settle(0, 0);
  assertMatch(String(await fake.next()), /^\[#{20}\] 100 % {2}0 B of 0 B .* {2}1 of 2 files {2}$/);
  progress.close();
});

Deno.test("hostile 7: Progress draws a name without what moves cursors", async () => {
  const fake = new FakeOutput(false);
  const progress = new Progress(fake.output, "a\u001b[2J\rb", { files: 1, bytes: 1 });
  assertMatch(String(await fake.next()), /a\\u\{1b\}\[2J\\u\{d\}b$/);
  progress.close();
});

import { assertEquals } from "@std/assert";
import type { SharedFile } from "../../../shared/mod.ts";
import { boundless, file } from "../contract/mod.ts";
import type { Holder } from "../file_index.ts";
import type { Totals } from "../totals.ts";
import { SqliteStore } from "./store.ts";
import { WorkQueue } from "./work_queue.ts";

/** A store whose disk fails once, when some files were written. */
class FailingStore extends SqliteStore {
  #left = 3;

  override *put(
    holder: Holder,
    files: readonly SharedFile[],
    most: number,
  ): Generator<void, Totals> {
    const steps = super.put(holder, files, most);
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
      if (--this.#left === 0) throw new Error("disk I/O error");
      yield;
    }
  }
}

Deno.test("hostile 53: WorkQueue keeps no files of an announcement that failed", {
  permissions: "none",
}, () => {
  const store = new FailingStore("failing", { mostFiles: boundless });
  const replies: string[] = [];
  let now = 0;
  const queue = new WorkQueue(
    store,
    (made) => replies.push(...made.map((one) => "answer" in one ? "done" : one.code)),
    () => now += 2,
  );
  const files = Array.from({ length: 100 }, (_, n) => file(`folder/${n}`, n));
  for (const call of [1, 2]) {
    queue.add({ call, method: "put", ask: { holder: 1, files, most: boundless } });
    for (; queue.isBusy; now += 30) queue.work();
    const { total } = store.search({ text: "" }, { limit: 1 });
    assertEquals(total, call === 1 ? 0 : files.length);
  }
  assertEquals(replies, ["internal", "done"]);
  const [folder] = store.search({ text: "folder" }, { limit: 1 }).entries;
  assertEquals(folder?.value.files, files.length);
});

/** Random steps, taken by an index and by a model of it, which then must agree. */
import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import fc from "fast-check";
import { LanyardError, limits, parseSharePath, type SharedFile } from "../../../shared/mod.ts";
import type {
  FileIndex,
  IndexedFile,
  ListQuery,
  Page,
  PageRequest,
  SearchQuery,
  SourcesQuery,
} from "../file_index.ts";
import { ModelIndex, modelTier } from "./model_index.ts";
import type { MakeIndex } from "./saying.ts";

/** A limit on files that no test reaches. */
export const boundless = 1_000_000;

/** A content id that is easy to tell from others. */
export function id(number: number): string {
  return number.toString(16).padStart(64, "0");
}

/** A file to announce. Files with the same number have the same content. */
export function file(path: string, number = 1, more: Partial<SharedFile> = {}): SharedFile {
  const made = { path: parseSharePath(path), size: 1000 + number, modified: number };
  return { ...made, id: id(number), ...more };
}

/** Follows the cursors to the end of a list. */
export async function allPages<T>(
  ask: (request: PageRequest) => Promise<Page<T>>,
  limit: number,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  for (;;) {
    const part = await ask({ limit, ...(cursor === undefined ? {} : { cursor }) });
    assertLessOrEqual(part.entries.length, limit);
    all.push(...part.entries.map(({ value }) => value));
    if (!part.more) return all;
    const next = part.entries.at(-1)?.cursor;
    assert(next !== undefined, "A page with more behind it is not empty");
    assertNotEquals(next, cursor);
    assertLessOrEqual(next.length, limits.cursorBytes);
    cursor = next;
  }
}

/** Lets an index and the model take the same random steps and compares what they answer. */
export async function agreesWithModel(
  make: MakeIndex,
  numRuns: number,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 60, size: "max" }), async (steps) => {
      const index = await make();
      try {
        const model = new ModelIndex();
        for (const step of steps) await perform(step, index, model);
      } finally {
        await index[Symbol.asyncDispose]?.();
      }
    }),
    { numRuns },
  );
}

/** All content that the steps below announce. */
const someContent = [0, 1, 2, 3].flatMap((number) =>
  [0, 1, 2].map((size) => ({ id: id(number), size }))
);

type Step =
  | { do: "put"; holder: number; files: SharedFile[]; most: number }
  | { do: "remove"; holder: number; paths: SharedFile["path"][] }
  | { do: "hide" | "show" | "drop" | "markEncrypted"; holder: number }
  | { do: "search"; query: SearchQuery; limit: number }
  | { do: "list"; query: ListQuery; limit: number }
  | { do: "sources"; query: SourcesQuery; limit: number };

const anyHolder = fc.integer({ min: 0, max: 3 });
const anyName = fc.constantFrom(
  "plan",
  "Plan b.txt",
  "my plan.txt",
  "aplan",
  "b",
  "Ä b.TXT",
  "100%",
);
const anyPath = fc.tuple(fc.constantFrom("", "docs/", "docs/deep/", "x/"), anyName)
  .map(([folder, name]) => parseSharePath(folder + name));
const anyFolder = fc.oneof(anyPath, fc.constantFrom("docs", "docs/deep", "d").map(parseSharePath));
const anyFile: fc.Arbitrary<SharedFile> = fc.record({
  path: anyPath,
  content: fc.option(fc.integer({ min: 0, max: 3 })),
  size: fc.integer({ min: 0, max: 2 }),
  modified: fc.integer({ min: 0, max: 3 }),
  partial: fc.boolean(),
}).map(({ content, partial, ...made }) => ({
  ...made,
  ...(content === null ? {} : { id: id(content) }),
  ...(partial && content !== null ? { partial } : {}),
}));
const anyText = fc.constantFrom(
  "",
  "plan",
  "B",
  "b plan",
  '"plan b"',
  "a",
  "txt .",
  "%",
  "docs",
  "d",
);
const anyLimit = fc.integer({ min: 1, max: 4 });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      holder: anyHolder,
      files: fc.array(anyFile, { maxLength: 5 }),
      most: fc.constantFrom(boundless, boundless, 4),
    }),
  },
  fc.record({
    do: fc.constant("remove" as const),
    holder: anyHolder,
    paths: fc.array(anyPath, { maxLength: 3 }),
  }),
  fc.record({
    do: fc.constantFrom(
      "hide" as const,
      "show" as const,
      "drop" as const,
      "markEncrypted" as const,
    ),
    holder: anyHolder,
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("search" as const),
      query: fc.tuple(
        anyText,
        fc.record({
          exact: fc.boolean(),
          filesOnly: fc.boolean(),
          type: fc.constantFrom("txt", "", "folder"),
          minSize: fc.integer({ min: 0, max: 2 }),
          maxSize: fc.integer({ min: 0, max: 2 }),
          id: fc.integer({ min: 0, max: 3 }).map(id),
          holders: fc.uniqueArray(anyHolder),
          plainOnly: fc.boolean(),
        }, { requiredKeys: [] }),
      ).map(([text, filters]): SearchQuery => ({ text, ...filters })),
      limit: anyLimit,
    }),
  },
  fc.record({
    do: fc.constant("list" as const),
    query: fc.record({
      holders: fc.uniqueArray(anyHolder),
      under: anyFolder,
      plainOnly: fc.boolean(),
    }, { requiredKeys: [] }),
    limit: anyLimit,
  }),
  fc.record({
    do: fc.constant("sources" as const),
    query: fc.record({
      id: fc.integer({ min: 0, max: 3 }).map(id),
      size: fc.integer({ min: 0, max: 2 }),
      plainOnly: fc.boolean(),
    }, { requiredKeys: ["id", "size"] }),
    limit: anyLimit,
  }),
);

/** Does the same to an index and to the model, and compares what they answer. */
async function perform(step: Step, index: FileIndex, model: ModelIndex): Promise<void> {
  switch (step.do) {
    case "put": {
      const { holder, files, most } = step;
      if (model.put(holder, files, most)) await index.put(holder, files, most);
      else await assertRejects(() => index.put(holder, files, most), LanyardError);
      break;
    }
    case "remove":
      model.remove(step.holder, step.paths);
      await index.remove(step.holder, step.paths);
      break;
    case "hide":
    case "show":
      model.setHidden(step.holder, step.do === "hide");
      index[step.do](step.holder);
      break;
    case "markEncrypted":
      model.markEncrypted(step.holder);
      index.markEncrypted(step.holder);
      break;
    case "drop":
      model.drop(step.holder);
      await index.drop(step.holder);
      break;
    case "search": {
      const found = await allPages((request) => index.search(step.query, request), step.limit);
      assertEquals(sorted(found.map(describe)), sorted(model.search(step.query).map(describe)));
      const ranks = found.map((one) => rankOf(one, step.query));
      assertEquals(ranks, ranks.toSorted(compareRanks));
      break;
    }
    case "list": {
      const listed = await allPages((request) => index.list(step.query, request), step.limit);
      assertEquals(sorted(listed.map(describe)), sorted(model.list(step.query).map(describe)));
      break;
    }
    case "sources": {
      const { query, limit } = step;
      const sources = await allPages((request) => index.sources(query, request), limit);
      assertEquals(sources, model.sources(query));
      break;
    }
  }
  for (let holder = 0; holder <= 3; holder++) {
    assertEquals(index.totals(holder), model.totals(holder));
    for (const content of someContent) {
      assertEquals(await index.holds(holder, content), model.holds(holder, content));
    }
  }
}

/** A result without what depends on who announced first: a set is compared as a set. */
function describe({ path: _path, modified: _modified, holders, ...rest }: IndexedFile): string {
  return JSON.stringify(
    { ...rest, holders: holders.toSorted() },
    Object.keys({ ...rest, holders: 0 }).sort(),
  );
}

function sorted(texts: string[]): string[] {
  return texts.toSorted();
}

function rankOf({ name, holders }: IndexedFile, query: SearchQuery): number[] {
  return [query.exact ? 0 : modelTier(name, query.text) ?? 4, -holders.length];
}

function compareRanks(a: number[], b: number[]): number {
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0);
}

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { LanyardError } from "../shared/mod.ts";
import { openState } from "./state.ts";

/** Runs with an empty folder that is removed afterwards. */
async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lanyard-state-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names;
}

Deno.test("openState makes folder and id at the first start and keeps them", () =>
  withFolder(async (parent) => {
    const folder = join(parent, "deep", "state");
    const { id } = await openState(folder);
    assertMatch(id, /^[0-9a-f]{64}$/);
    assertEquals(await openState(folder), { id });
    assertEquals(await namesIn(folder), ["tracker-id"]);
  }));

Deno.test("hostile 59: openState lets nobody else read the state", {
  ignore: Deno.build.os === "windows",
}, () =>
  withFolder(async (parent) => {
    const folder = join(parent, "state");
    await openState(folder);
    const modeOf = async (path: string): Promise<number> =>
      ((await Deno.stat(path)).mode ?? 0) & 0o777;
    assertEquals(await modeOf(folder), 0o700);
    assertEquals(await modeOf(join(folder, "tracker-id")), 0o600);
  }));

Deno.test("hostile 28: openState gives trackers that start at once the same id", () =>
  withFolder(async (parent) => {
    for (let round = 0; round < 30; round++) {
      const folder = join(parent, `${round}`);
      const states = await Promise.all(Array.from({ length: 8 }, () => openState(folder)));
      assertEquals(new Set(states.map(({ id }) => id)).size, 1);
      assertEquals(await namesIn(folder), ["tracker-id"]);
    }
  }));

Deno.test("hostile 53: openState refuses a damaged id and names the file", () =>
  withFolder(async (folder) => {
    const file = join(folder, "tracker-id");
    for (const damaged of ["", "abc\n", "g".repeat(64), "A".repeat(64)]) {
      await Deno.writeTextFile(file, damaged);
      const error = await assertRejects(() => openState(folder), LanyardError, file);
      assertEquals(error.code, "io");
      assertEquals(await Deno.readTextFile(file), damaged);
    }
  }));

Deno.test("hostile 60: openState says which folder it cannot use, with spaces and emoji", () =>
  withFolder(async (parent) => {
    const folder = join(parent, "state of 🏫");
    await Deno.writeTextFile(folder, "a file");
    const error = await assertRejects(() => openState(folder), LanyardError, folder);
    assertEquals(error.code, "io");
    await Deno.remove(folder);
    assertMatch((await openState(folder)).id, /^[0-9a-f]{64}$/);
  }));

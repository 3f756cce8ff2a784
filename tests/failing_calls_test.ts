import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { partPaths } from "../peer/download/placing.ts";
import { isPossible, run } from "./support/commands.ts";
import { noise, TempFolder, Visitor } from "./support/network.ts";
import { Program } from "./support/program.ts";
import { assertContent, idOf, namesIn, Served } from "./support/served.ts";

const MiB = 1024 * 1024;
const content = noise(3 * MiB + 5);

/** What is asked of the system for a part, and how often it may fail at another moment. */
const calls: Record<string, number> = {
  openat: 3,
  flock: 1,
  statx: 4,
  lseek: 3,
  ftruncate: 1,
  write: 4,
  utimensat: 1,
  fchmod: 1,
  fsync: 1,
  linkat: 1,
  unlink: 2,
};

/** Put before a command: the `number`th such call about one of the paths fails; `log` says so. */
function failing(
  call: string,
  number: number,
  error: string,
  paths: string[],
  log = "/dev/null",
): string[] {
  return [
    ...["strace", "--follow-forks", "--quiet=all", `--output=${log}`],
    ...paths.flatMap((path) => ["-P", path]),
    ...["-e", `trace=${call}`, "-e", `inject=${call}:error=${error}:when=${number}`],
  ];
}

Deno.test({
  name: "hostile 55: whichever call about a download fails, it is right in the end, or not there",
  ignore: !await isPossible("calls that fail", async () => {
    const [program = "", ...args] = failing("openat", 1, "EIO", ["/nowhere"]);
    await run(program, ...args, "true");
  }),
  fn: async (t) => {
    await using served = await Served.start({ "film.bin": content }, {});
    const failed = new Set<string>();
    for (const [call, times] of Object.entries(calls)) {
      for (let number = 1; number <= times; number++) {
        const error = number % 2 === 0 ? "ENOSPC" : "EIO";
        await t.step(`${call}, time ${number}`, async () => {
          if (await survives(served, call, number, error)) failed.add(call);
        });
      }
    }
    // Which calls the runtime makes is its business, but these are most of them.
    assert(failed.size > 7, [...failed].join());
  },
});

/** Downloads while a call fails, and then again; says whether the call was made. */
async function survives(
  served: Served,
  call: string,
  number: number,
  error: string,
): Promise<boolean> {
  await using out = new TempFolder();
  await using visitor = new Visitor(served.tracker.address);
  const destination = { root: out.path, folder: out.path, name: "film.bin" };
  const { part } = partPaths({ destination, id: idOf(content), size: content.length });
  const final = join(out.path, "film.bin");
  const args = ["get", "film.bin", "-o", out.path, ...await visitor.args(), "--json"];
  const log = join(visitor.folder.path, "calls.log");
  const prefix = failing(call, number, error, [part, final], log);
  await using first = new Program("peer", args, { prefix });
  const { code, lines, stdout, stderr } = await first.end();
  const done = lines.some(({ event }) => event === "done");
  assertEquals(code === 0, done, stdout + stderr);
  if (!done) assert(lines.some(({ event }) => event === "error"), stdout + stderr);
  // What has the name is right, whatever was said.
  if (done || namesIn(out.path).includes("film.bin")) await assertContent(final, content);

  await using second = new Program("peer", args);
  const again = await second.end();
  assertEquals(again.code, 0, again.stdout + again.stderr);
  await assertContent(final, content);
  const left = namesIn(out.path).filter((name) => name !== "film.bin");
  assert(left.every((name) => name.startsWith(".lanyard-")), left.join());
  return (await Deno.readTextFile(log)).includes("(INJECTED)");
}

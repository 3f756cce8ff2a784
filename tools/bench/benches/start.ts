import { join } from "@std/path";
import type { Bench, Measured } from "../bench.ts";
import { Child } from "../child.ts";
import type { Lab } from "../lab.ts";
import { startTracker, Visitor } from "../lanyard.ts";
import { FakeSource } from "../load/fake_source.ts";
import { areCompiled, executables, type Programs, sourcePrograms } from "../programs.ts";
import { measured, type Result, skipped } from "../result.ts";
import { median } from "../statistics.ts";
import { Trial } from "../trial.ts";
import { units } from "../units.ts";
import { announce } from "../../../tests/support/served.ts";

/** How long a download takes to begin. */
export const start: Bench = {
  name: "start",
  about: "from the start of `peer get` until a source is asked for the first byte",
  run,
};

/** Bytes of the file: so few that they take no time. */
const bytes = 50_000;
const fileName = "start.bin";

async function run(lab: Lab): Promise<Measured> {
  const content = crypto.getRandomValues(new Uint8Array(bytes));
  await using tracker = await startTracker(lab, "--idle-timeout", "3600");
  using source = new FakeSource(content);
  using _session = await announce(tracker.port, source.port, { [fileName]: content });
  const visitor = await Visitor.arrive(lab, tracker);

  const trialOf = (name: string, programs: Programs): Trial<number> =>
    new Trial(name, async () => {
      const figures: number[] = [];
      for (let at = 0; at < lab.sizes.starts; at++) {
        figures.push(await untilAsked(lab, source, visitor, programs));
      }
      return median(figures);
    });
  const compiled = areCompiled() ? trialOf("executable", executables) : undefined;
  const sources = trialOf("sources", sourcePrograms);
  await lab.interleave("start", compiled, sources);
  const name = "start: peer get, start to DOWNLOAD";
  const results: Result[] = [
    compiled === undefined
      ? skipped(`${name}, executable`, "dist/ is not built: deno task compile")
      : measured(`${name}, executable`, units.milliseconds, compiled.figures, { atMost: 150 }),
    measured(`${name}, from the sources`, units.milliseconds, sources.figures),
  ];
  return { results };
}

/** Milliseconds from the start of the program until DOWNLOAD was read. */
async function untilAsked(
  lab: Lab,
  source: FakeSource,
  visitor: Visitor,
  programs: Programs,
): Promise<number> {
  const output = lab.newFolder("out");
  const command = visitor.getCommand(fileName, output, programs);
  source.asked = Promise.withResolvers();
  await using child = new Child(command);
  await child.succeed();
  const copied = await Deno.stat(join(output, fileName));
  if (copied.size !== bytes) throw new Error(`${copied.size} bytes were copied, not ${bytes}`);
  return await source.asked.promise - child.started;
}

import { join } from "@std/path";
import type { Bench, Measured } from "../bench.ts";
import { Child } from "../child.ts";
import type { Lab } from "../lab.ts";
import { type StartedTracker, startTracker, Visitor, type Way } from "../lanyard.ts";
import { FakeSource } from "../load/fake_source.ts";
import { areCompiled, executables, type Programs, sourcePrograms } from "../programs.ts";
import { type Budget, measured, type Result, skipped } from "../result.ts";
import { median } from "../statistics.ts";
import { Trial } from "../trial.ts";
import { units } from "../units.ts";
import { KeyHolder } from "../../../tests/support/key_holder.ts";
import { announce, idOf } from "../../../tests/support/served.ts";

/** How long a download takes to begin. */
export const start: Bench = {
  name: "start",
  about: "from the start of `peer get` until a source is asked for the first byte",
  run,
};

/** Bytes of the file: so few that they take no time. */
const bytes = 50_000;

/** A file with one source, and somebody who copies it. */
interface Scene {
  way: Way;
  fileName: string;
  source: FakeSource;
  visitor: Visitor;
}

async function run(lab: Lab): Promise<Measured> {
  await using tracker = await startTracker(lab, "--idle-timeout", "3600");
  await using parts = new AsyncDisposableStack();
  const rows = [
    ...trialsOf(lab, await openScene(lab, tracker, "plain", parts), { atMost: 150 }),
    ...trialsOf(lab, await openScene(lab, tracker, "encrypted", parts)),
  ];
  await lab.interleave("start", ...rows.map(({ trial }) => trial));
  return {
    results: rows.map(({ name, trial, budget }): Result => {
      const row = `start: peer get, start to DOWNLOAD, ${name}`;
      return trial === undefined
        ? skipped(row, "dist/ is not built: deno task compile")
        : measured(row, units.milliseconds, trial.figures, budget);
    }),
  };
}

/** What is measured of a file: the executable, which has the budget, and the sources. */
function trialsOf(
  lab: Lab,
  scene: Scene,
  budget?: Budget,
): { name: string; trial: Trial<number> | undefined; budget?: Budget }[] {
  const trialOf = (name: string, programs: Programs): Trial<number> =>
    new Trial(name, async () => {
      const figures: number[] = [];
      for (let at = 0; at < lab.sizes.starts; at++) {
        figures.push(await untilAsked(lab, scene, programs));
      }
      return median(figures);
    });
  const compiled = `executable, ${scene.way}`;
  const fromSources = `from the sources, ${scene.way}`;
  return [
    {
      name: compiled,
      trial: areCompiled() ? trialOf(compiled, executables) : undefined,
      ...(budget === undefined ? {} : { budget }),
    },
    { name: fromSources, trial: trialOf(fromSources, sourcePrograms) },
  ];
}

/** Each way has a file of its own: who encrypts would copy from a plain source, too. */
async function openScene(
  lab: Lab,
  tracker: StartedTracker,
  way: Way,
  parts: AsyncDisposableStack,
): Promise<Scene> {
  const content = crypto.getRandomValues(new Uint8Array(bytes));
  const fileName = `${way}.bin`;
  let source: FakeSource;
  if (way === "plain") {
    source = parts.use(new FakeSource(content));
    parts.use(await announce(tracker.port, source.port, { [fileName]: content }));
  } else {
    const holder = await KeyHolder.make();
    source = parts.use(new FakeSource(content, holder.identity));
    const { connection } = await holder.greet(
      { port: tracker.tlsPort, id: tracker.identity.id, purpose: "tracker" },
      { port: source.port },
    );
    parts.use(connection);
    const file = { path: fileName, size: bytes, modified: 1_700_000_000_000, id: idOf(content) };
    await connection.request("SHARE", { files: [file] });
  }
  return { way, fileName, source, visitor: await Visitor.arrive(lab, tracker, way) };
}

/** Milliseconds from the start of the program until DOWNLOAD was read. */
async function untilAsked(
  lab: Lab,
  { way, fileName, source, visitor }: Scene,
  programs: Programs,
): Promise<number> {
  const output = lab.newFolder("out");
  const command = visitor.getCommand(fileName, output, programs);
  source.asked = Promise.withResolvers();
  await using child = new Child(command);
  await child.succeed();
  const copied = await Deno.stat(join(output, fileName));
  if (copied.size !== bytes) throw new Error(`${copied.size} bytes were copied, not ${bytes}`);
  const [done] = child.events("done");
  if (done?.["encrypted"] !== (way === "encrypted")) throw new Error(`It did not go ${way}`);
  return await source.asked.promise - child.started;
}

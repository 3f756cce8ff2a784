import { assertEquals } from "@std/assert";
import { basename, fromFileUrl, join } from "@std/path";
import { type ServeOptions, trackerCommand } from "../tracker/cli.ts";
import { leaveReasons } from "../tracker/events.ts";
import { report, TrackerMetrics } from "../tracker/metrics/mod.ts";

const top = fromFileUrl(new URL("../", import.meta.url));
const guide = join(top, "docs/OPERATING.md");
const unit = join(top, "docs/examples/lanyard-tracker.service");

/** Each metric and its labels, as a tracker tells them. */
function told(): string[] {
  const standing = {
    sessions: { encrypted: 0, plain: 0, classic: 0 },
    ...{ lost: 0, members: 0, files: 0, connections: 0 },
    ...{ queuedBytes: 0, turnedAway: 0, sentAway: 0 },
  };
  return report(new TrackerMetrics(), standing, { version: "1", uptime: 0, memory: 0 }).map(
    ({ name, samples: [first] }) => `${name} ${Object.keys(first?.labels ?? {}).join()}`,
  );
}

/** The same, as the guide has them in its table. */
function documented(): string[] {
  const rows = Deno.readTextFileSync(guide).matchAll(
    /^\| `((?:lanyard|process)_\w+)` +\|(?: `(\w+)`)? +\|/gm,
  );
  return [...rows].map(([, name, label = ""]) => `${name} ${label}`);
}

Deno.test("docs/OPERATING.md explains every metric, and none that there is not", () => {
  assertEquals(documented().sort(), told().sort());
});

Deno.test("docs/OPERATING.md names the reasons for which sessions end", () => {
  const text = Deno.readTextFileSync(guide);
  assertEquals(leaveReasons.filter((reason) => !text.includes(`\`${reason}\``)), []);
});

Deno.test("the unit for systemd starts a tracker with options that there are", async () => {
  const [, line = ""] = /^ExecStart=\S+ (.*)$/m.exec(Deno.readTextFileSync(unit)) ?? [];
  const started: ServeOptions[] = [];
  const never = (): Promise<void> => Promise.reject(new Error("This is another command"));
  await trackerCommand("host", {
    serve: (options) => Promise.resolve(void started.push(options)),
    ...{ status: never, invite: never, decide: never, completions: () => {} },
  }).parseAsync(line.split(" "), { from: "user" });
  assertEquals(started.map(({ quiet, index }) => [quiet, index.kind]), [[true, "sqlite"]]);
});

Deno.test("the unit for systemd is one", { ignore: !await hasSystemd() }, async () => {
  const folder = await Deno.makeTempDir();
  try {
    const copy = join(folder, basename(unit));
    // The executable has to be there, and it is not here.
    const text = Deno.readTextFileSync(unit).replace(/^ExecStart=\S+/m, "ExecStart=/bin/true");
    await Deno.writeTextFile(copy, text);
    const { code, stderr } = await new Deno.Command("systemd-analyze", {
      args: ["verify", copy],
    }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function hasSystemd(): Promise<boolean> {
  try {
    return (await new Deno.Command("systemd-analyze", { args: ["--version"] }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { Program, type StartOptions } from "./support/program.ts";
import { asNobody, canDropRights } from "./support/rights.ts";
import { namesIn, verified } from "./support/served.ts";
import { eventually, patience } from "./support/waiting.ts";

const MiB = 1024 * 1024;

/** Starts programs with what a user's mask takes from new files. */
function masked(mask: string): StartOptions {
  return { prefix: ["sh", "-c", 'umask "$0" && exec "$@"', mask] };
}

function modeOf(path: string): number {
  return (Deno.lstatSync(path).mode ?? 0) & 0o7777;
}

/** Every path below a folder, and the folder. */
function* everything(path: string): Generator<string> {
  yield path;
  if (!Deno.lstatSync(path).isDirectory) return;
  for (const { name } of Deno.readDirSync(path)) yield* everything(join(path, name));
}

/** That a folder and all in it is its owner's only; returns the files. */
function assertPrivate(folder: string): string[] {
  const files: string[] = [];
  for (const path of everything(folder)) {
    const { isDirectory } = Deno.lstatSync(path);
    assertEquals(modeOf(path).toString(8), isDirectory ? "700" : "600", path);
    if (!isDirectory) files.push(path);
  }
  return files;
}

/** Whether somebody else can read a file, or list a folder. */
async function canOthersRead(path: string): Promise<boolean> {
  const reading = Deno.lstatSync(path).isDirectory ? ["ls"] : ["head", "-c", "1"];
  const [program = "", ...args] = [...asNobody, ...reading, path];
  return (await new Deno.Command(program, { args, stderr: "null" }).output()).success;
}

/** The rights that a mask leaves to new files, to executables, and to folders. */
const masks = { "000": [0o666, 0o777], "022": [0o644, 0o755], "077": [0o600, 0o700] };

for (const [mask, [plain, executable]] of Object.entries(masks)) {
  Deno.test(`hostile 59: with the mask ${mask} state and parts are private, and finished files as usual`, async () => {
    await using temp = new TempFolder();
    await temp.write("share/film.bin", noise(6 * MiB));
    await temp.write("share/notes/one.txt", "one");
    await Deno.chmod(await temp.write("share/notes/run.sh", "run"), 0o700);
    const options = masked(mask);
    const states = ["tracker", "ana"].map((name) => join(temp.path, "new", name));
    const [trackerState = "", anaState = ""] = states;
    await using tracker = await startTracker(["--state", trackerState], options);
    const share = [join(temp.path, "share")];
    await using _ana = await startShare(tracker.link, share, ["--state", anaState], options);
    await using visitor = new Visitor(tracker.link, options);
    states.push(join(visitor.folder.path, "state"));
    const out = join(temp.path, "out");
    const args = ["film.bin", "-o", out, "--limit-down", "1MB"];
    await using download = await visitor.start("get", ...args);
    await verified(download, MiB);
    const isPart = (name: string): boolean => /^\.lanyard-.*\.(part|have)$/.test(name);
    assertEquals(namesIn(out).map(isPart), [true]);
    for (const name of namesIn(out)) assertEquals(modeOf(join(out, name)), 0o600);
    download.kill("SIGTERM");
    await download.end();
    assertEquals(namesIn(out).map(isPart), [true, true], "part and record");
    for (const name of namesIn(out)) assertEquals(modeOf(join(out, name)), 0o600);
    for (const what of ["film.bin", "share/notes/"]) {
      assertEquals((await visitor.run("get", what, "-o", out)).code, 0);
    }
    const finished = { "film.bin": plain, "notes/one.txt": plain, "notes/run.sh": executable };
    for (const [path, mode] of Object.entries(finished)) {
      assertEquals(modeOf(join(out, path)).toString(8), mode?.toString(8), path);
    }
    for (const folder of [out, join(out, "notes")]) assertEquals(modeOf(folder), executable);
    for (const state of states) assert(assertPrivate(state).length > 1, state);
    assertEquals(modeOf(join(temp.path, "new")), 0o700, "and so is what was made on the way");
  });
}

Deno.test({
  name: "hostile 59: another user of the machine reads neither state nor parts nor what is piped",
  ignore: !await canDropRights(),
  fn: async () => {
    await using temp = new TempFolder();
    await Deno.chmod(temp.path, 0o755);
    await temp.write("share/film.bin", noise(6 * MiB));
    await using tracker = await startTracker(["--state", join(temp.path, "tracker")]);
    await using _ana = await startShare(tracker.link, [join(temp.path, "share")], [
      "--state",
      join(temp.path, "ana"),
    ]);
    const out = join(temp.path, "out");
    await using visitor = new Visitor(tracker.link);
    await Deno.chmod(visitor.folder.path, 0o755);
    const slowly = ["film.bin", "--limit-down", "500kB"];
    await using download = await visitor.start("get", ...slowly, "-o", out);
    await verified(download, MiB);
    await using second = new Visitor(tracker.link);
    const piping = ["get", ...slowly, "-o", "-", ...await second.args()];
    await using _pipe = new Program("peer", piping, { env: { TMPDIR: temp.path } });
    const isTemporary = (name: string): boolean => name.startsWith("lanyard-");
    const piped = await eventually(
      () => namesIn(temp.path).find(isTemporary),
      patience,
      "the folder of what is piped",
    );
    const secrets = [
      join(temp.path, "tracker"),
      join(temp.path, "ana"),
      join(visitor.folder.path, "state"),
      join(temp.path, piped),
    ].flatMap((folder) => [...everything(folder)]);
    assert(secrets.length > 12, secrets.join("\n"));
    secrets.push(...namesIn(out).map((name) => join(out, name)));
    for (const path of secrets) assertEquals(await canOthersRead(path), false, path);
    assertEquals(await canOthersRead(join(temp.path, "share/film.bin")), true);
    assertEquals(await canOthersRead(out), true);
  },
});

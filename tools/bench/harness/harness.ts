import { join, resolve } from "@std/path";
import { openIdentity } from "../../../net/mod.ts";
import { Child } from "../child.ts";
import type { Lab } from "../lab.ts";
import { isFile, repository } from "../programs.ts";
import { entries, type Keys } from "./entries.ts";

/** A test that the harness made. */
export interface Row {
  round: number;
  name: string;
  ok: boolean;
  skip?: string;
  err?: string;
  res?: { get?: { wall: number; cpu: number } };
}

/** The harness that measures other programs side by side; it is not part of the project. */
export class Harness {
  /** The script. */
  static readonly path = resolve(
    repository,
    Deno.env.get("LANYARD_BENCH_HARNESS") || "../shared/bench/bench.py",
  );
  /** Where it keeps its data, made anew: it would take what is left of another size for its own. */
  readonly folder: string;
  readonly #lab: Lab;
  readonly #session = `lanyard-${Date.now()}`;

  constructor(lab: Lab) {
    this.#lab = lab;
    this.folder = lab.newFolder("harness");
    const packages = installedPackages();
    if (packages !== undefined) Deno.symlinkSync(packages, join(this.folder, "npm"));
  }

  static get exists(): boolean {
    return isFile(Harness.path);
  }

  /** Makes some of its tests, and ours. */
  async run(tests: readonly string[]): Promise<Row[]> {
    const config = join(this.#lab.newFolder("ours"), "ours.json");
    const { programs, sizes } = this.#lab;
    const ours = entries(programs, sizes.treeFiles, await this.#makeKeys());
    await Deno.writeTextFile(config, JSON.stringify(ours));
    const names = [...tests, ...ours.map(({ name }) => name)].map(escaped);
    await using child = new Child([
      ...["python3", Harness.path, "run", "-c", config, "--session", this.#session],
      ...["-n", String(this.#lab.rounds), "--minutes", "600", "-k", `^(${names.join("|")})$`],
    ], { env: this.#env, onLine: ({ text }) => this.#lab.log(`others: ${text}`) });
    await child.succeed();
    const rows = await Deno.readTextFile(join(this.folder, "results.jsonl"));
    return rows.trim().split("\n").map((row) => JSON.parse(row))
      .filter(({ session }) => session === this.#session);
  }

  /** What it writes about these tests: Markdown. */
  async report(): Promise<string> {
    const { stdout } = await new Deno.Command("python3", {
      args: [Harness.path, "report", "--session", this.#session],
      env: this.#env,
    }).output();
    return new TextDecoder().decode(stdout).trim();
  }

  async #makeKeys(): Promise<Keys> {
    const [state, getter] = [this.#lab.newFolder("tracker"), this.#lab.newFolder("get")];
    const [{ id }] = await Promise.all([openIdentity(state), openIdentity(getter)]);
    return { tracker: { state, id }, getter };
  }

  get #env(): Record<string, string> {
    const { file, treeFiles } = this.#lab.sizes;
    return {
      BENCH_DIR: this.folder,
      BENCH_SIZE: String(file),
      BENCH_NFILES: String(treeFiles),
      DENO: Deno.execPath(),
    };
  }
}

/** What the harness's own set-up has installed from npm, if it has been run. */
function installedPackages(): string | undefined {
  const folder = Deno.env.get("BENCH_DIR") ||
    join(Deno.env.get("TMPDIR") || "/tmp", "lanyard-bench");
  const packages = join(folder, "npm");
  return isFile(join(packages, "package.json")) ? packages : undefined;
}

function escaped(text: string): string {
  return text.replace(/[^\w ]/g, "\\$&");
}

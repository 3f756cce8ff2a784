import { join, resolve } from "@std/path";
import { Child } from "../child.ts";
import type { Lab } from "../lab.ts";
import { isFile, repository } from "../programs.ts";
import { entries } from "./entries.ts";

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
  /** Where it keeps its data. */
  readonly folder: string;
  readonly #lab: Lab;
  readonly #session = `lanyard-${Date.now()}`;

  constructor(lab: Lab) {
    this.#lab = lab;
    this.folder = Deno.env.get("BENCH_DIR") || setUpFolder() || lab.newFolder("harness");
  }

  static get exists(): boolean {
    return isFile(Harness.path);
  }

  /** Makes some of its tests, and ours. */
  async run(tests: readonly string[]): Promise<Row[]> {
    const config = join(this.#lab.newFolder("ours"), "ours.json");
    const { treeFiles } = this.#lab.sizes;
    await Deno.writeTextFile(config, JSON.stringify(entries(this.#lab.programs, treeFiles)));
    const names = [...tests, "ours", "ours x4", "ours tree"].map(escaped);
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

/** The folder in which the harness's own set-up has installed something, if it has been run. */
function setUpFolder(): string | undefined {
  const folder = join(Deno.env.get("TMPDIR") || "/tmp", "lanyard-bench");
  return isFile(join(folder, "npm", "package.json")) ? folder : undefined;
}

function escaped(text: string): string {
  return text.replace(/[^\w ]/g, "\\$&");
}

import { basename, dirname, join } from "@std/path";
import type { Bench, Measured } from "../bench.ts";
import { Child } from "../child.ts";
import { cpuOfBoth, type Download, download, mostMemory } from "../download.ts";
import { noTrace, type Traced, traceFsync } from "../fsync_time.ts";
import type { Lab } from "../lab.ts";
import { startShare, startTracker, Visitor } from "../lanyard.ts";
import { randomFile } from "../material.ts";
import { inSuccession, measure, type Phase } from "../phase.ts";
import { compared, measured, type Result } from "../result.ts";
import { startNginx } from "../rivals/nginx.ts";
import { findTool, missing } from "../rivals/tool.ts";
import { median } from "../statistics.ts";
import { Trial } from "../trial.ts";
import { units } from "../units.ts";

/** A large file from one source. */
export const one: Bench = {
  name: "one",
  about: "a large file from one source, against curl from nginx and then openssl dgst",
  run,
};

async function run(lab: Lab): Promise<Measured> {
  const source = randomFile(lab.newFolder("one"), "one.bin", lab.sizes.file);
  await using tracker = await startTracker(lab);
  await using share = await startShare(lab, tracker, source);
  const visitor = await Visitor.arrive(lab, tracker);
  const site = await Site.open(lab, source);
  await using _site = site;

  const ours = new Trial("peer get", () => download(lab, source, share.child, visitor));
  const traced = noTrace !== undefined
    ? undefined
    : new Trial("peer get under strace", () => trace(lab, source, visitor));
  const theirs = site === undefined
    ? undefined
    : new Trial("curl and openssl", () => site.fetchAndHash());
  await lab.interleave("one", ours, traced, theirs);
  const phases = theirs?.figures ?? missing(...Site.tools) ?? "";
  return { results: results(lab, ours.figures, traced?.figures, phases) };
}

function results(
  lab: Lab,
  ours: Download[],
  traced: Traced[] | undefined,
  theirs: Phase[] | string,
): Result[] {
  const name = `one: ${units.mebibytes(lab.sizes.file)}`;
  const rival = (figure: (phase: Phase) => number): number[] | string =>
    typeof theirs === "string" ? theirs : theirs.map(figure);
  const wall = rival(({ seconds }) => seconds);
  const limit = { atMost: 1 };
  const { seconds, megabytes } = units;
  const walls = ours.map((phase) => phase.seconds);
  const all = compared(
    `${name}, start to exit (÷ nginx+curl, openssl dgst)`,
    seconds,
    walls,
    wall,
    // The other way writes nothing to the disk for sure, so the budget is for what is left of ours.
    traced === undefined ? limit : undefined,
  );
  const apart = traced === undefined ? [] : [
    compared(
      `${name}, the same less its fsync`,
      seconds,
      // Not those of the traced runs, which take longer because they are traced.
      walls.map((wall) => wall - median(traced.map(({ fsync }) => fsync))),
      wall,
      limit,
    ),
    measured(`${name}, fsync`, seconds, traced.map(({ fsync }) => fsync)),
  ];
  return [
    all,
    ...apart,
    measured(`${name}, first request to file in place`, seconds, ours.map(({ told }) => told)),
    compared(
      `${name}, processor time of both sides`,
      seconds,
      ours.map(cpuOfBoth),
      rival(cpuOfBoth),
    ),
    compared(
      `${name}, processor time of the receiver`,
      seconds,
      ours.map(({ receiver }) => receiver.cpu),
      rival(({ receiver }) => receiver.cpu),
    ),
    measured(`${name}, peak memory of the receiver`, megabytes, ours.map((p) => p.receiver.peak), {
      atMost: mostMemory,
    }),
    measured(`${name}, peak memory of the sender`, megabytes, ours.map((p) => p.sender.peak), {
      atMost: mostMemory,
    }),
  ];
}

async function trace(lab: Lab, source: string, visitor: Visitor): Promise<Traced> {
  const output = lab.newFolder("out");
  await lab.settle(lab.sizes.file, source);
  const traced = await traceFsync(lab, visitor.getCommand(basename(source), output));
  Deno.removeSync(output, { recursive: true });
  return traced;
}

/** The other way to the same file: nginx, curl, and a look whether the copy is right. */
class Site implements AsyncDisposable {
  static readonly tools = ["nginx", "curl", "openssl"];
  readonly #lab: Lab;
  readonly #source: string;
  readonly #server: Child;
  readonly #url: string;

  private constructor(lab: Lab, source: string, server: Child, url: string) {
    this.#lab = lab;
    this.#source = source;
    this.#server = server;
    this.#url = url;
  }

  /** Nothing if a tool is missing. */
  static async open(lab: Lab, source: string): Promise<Site | undefined> {
    if (missing(...Site.tools) !== undefined) return undefined;
    const { child, url } = await startNginx(lab, dirname(source));
    return new Site(lab, source, child, `${url}/${basename(source)}`);
  }

  async fetchAndHash(): Promise<Phase> {
    const output = this.#lab.newFolder("out");
    const copy = join(output, "copy");
    await this.#lab.settle(this.#lab.sizes.file, this.#source);
    const tool = (name: string, ...args: string[]): Child => {
      return new Child([findTool(name) ?? name, ...args]);
    };
    const fetch = await measure(() => tool("curl", "-sSf", "-o", copy, this.#url), this.#server);
    const hash = await measure(() => tool("openssl", "dgst", "-sha256", copy), this.#server);
    Deno.removeSync(output, { recursive: true });
    return inSuccession(fetch, hash);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
  }
}

import { Child } from "../bench/child.ts";
import { scriptCommand } from "../bench/programs.ts";
import type { Load, LoadOptions, LoadReport } from "./run.ts";
import type { Target } from "./target.ts";

/** Files of each peer that vanishes: one folder. */
const filesOfEach = 20;
/** Which part of the searches come before all vanish at once, and at most for how many ms. */
const before = { part: 0.1, most: 1000 };

/** Peers in a process of their own, whose connections the kernel closes all at once. */
export interface Vanishing {
  sessions: number;
  files: number;
  /** Searches while nothing has happened yet, and while the tracker cleans up. */
  calm: LoadReport["searched"];
  cleaning: LoadReport["searched"];
}

/** Lets many further peers join, and vanish all at the same time while others search. */
export async function vanish(
  { port, encrypted }: Target,
  { sessions, seed, seconds }: Pick<LoadOptions, "sessions" | "seed" | "seconds">,
  load: Load,
): Promise<Vanishing> {
  const where = encrypted === undefined
    ? ["--tracker", String(port)]
    : ["--tracker", String(encrypted.tlsPort), "--tls"];
  const crowd = ["--sessions", String(sessions), "--files", String(filesOfEach)];
  // Far from the numbers of those that stay.
  const others = ["--first-peer", "1000000", "--seed", String(seed)];
  const command = scriptCommand("tools/load/main.ts");
  await using holder = new Child([...command, ...where, ...crowd, ...others, "--hold", "--json"]);
  const { files } = await holder.event("holding");
  const { searched: calm } = await load.search();
  const wait = Math.min(before.most, seconds * 1000 * before.part);
  const timer = setTimeout(() => holder.kill("SIGKILL"), wait);
  const { searched: cleaning } = await load.search();
  clearTimeout(timer);
  return { sessions, files: Number(files), calm, cleaning };
}

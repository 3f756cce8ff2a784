/** What processes use, read from `/proc`; nothing is known of them on other systems. */

/** What some processes used in a phase. */
export interface Usage {
  /** Seconds of processor time, user and system. */
  cpu: number;
  /** Most resident memory in bytes, all processes added up. */
  peak: number;
}

/** Clock ticks a second: fixed on every Linux of today. */
const ticks = 100;
/** Milliseconds between two looks at the memory of a process, which cannot be asked after its end. */
const lookEvery = 25;

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return ""; // It has ended, or this is not Linux.
  }
}

/** Seconds of processor time of a process, and of its children that have ended. */
function ownCpu(pid: number | "self"): { own: number; children: number } {
  const fields = read(`/proc/${pid}/stat`).split(") ")[1]?.split(" ").map(Number) ?? [];
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return { own: (user + system) / ticks, children: (childUser + childSystem) / ticks };
}

/** Seconds of processor time of all children of this program that have ended. */
export function endedChildrenCpu(): number {
  return ownCpu("self").children;
}

/** A process and everything that descends from it. */
function family(pid: number): number[] {
  const pids = [pid];
  for (let at = 0; at < pids.length; at++) {
    // A thread's children are listed under that thread; those of ours come from the first one.
    pids.push(
      ...read(`/proc/${pids[at]}/task/${pids[at]}/children`).split(" ").map(Number)
        .filter((child) => child > 0),
    );
  }
  return pids;
}

/** Seconds of processor time of a process and its descendants. */
export function cpuOf(pid: number): number {
  return family(pid).reduce((sum, member) => {
    const { own, children } = ownCpu(member);
    return sum + own + children;
  }, 0);
}

function memory(pid: number, field: "VmHWM" | "VmRSS"): number {
  const [, kib = "0"] = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(read(`/proc/${pid}/status`)) ??
    [];
  return Number(kib) * 1024;
}

/** Bytes of resident memory of a process now. */
export function residentMemory(pid: number): number {
  return memory(pid, "VmRSS");
}

/** Watches the most resident memory of a process and its descendants while it exists. */
export class PeakMemory implements Disposable {
  readonly #pid: number;
  readonly #peaks = new Map<number, number>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(pid: number) {
    this.#pid = pid;
    for (const member of family(pid)) forgetPeak(member);
    this.#timer = setInterval(() => this.#look(), lookEvery);
  }

  /** Bytes: the peaks of all processes, added up. */
  get bytes(): number {
    this.#look();
    return this.#peaks.values().reduce((sum, bytes) => sum + bytes, 0);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const pid of family(this.#pid)) {
      this.#peaks.set(pid, Math.max(memory(pid, "VmHWM"), this.#peaks.get(pid) ?? 0));
    }
  }
}

/** Makes the kernel count a process's peak from now on. */
function forgetPeak(pid: number): void {
  try {
    Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Not ours, or not Linux: then the peak is that of its whole life.
  }
}

import type { Child } from "./child.ts";
import { cpuOf, endedChildrenCpu, PeakMemory, type Usage } from "./usage.ts";

/** How a command went: from its start to its end. */
export interface Phase {
  seconds: number;
  /** What the command used. */
  receiver: Usage;
  /** What the server used meanwhile. */
  sender: Usage;
}

/**
 * Runs a command to its end beside a server. Nothing else that was started here may end meanwhile.
 *
 * @param during something to do while it runs
 */
export async function measure(
  start: () => Child,
  server: Child,
  during: (child: Child) => Promise<void> = () => Promise.resolve(),
): Promise<Phase> {
  const before = { ended: endedChildrenCpu(), server: cpuOf(server.pid) };
  using serverPeak = new PeakMemory(server.pid);
  await using child = start();
  using peak = new PeakMemory(child.pid);
  await during(child);
  const seconds = await child.succeed();
  return {
    seconds,
    receiver: { cpu: endedChildrenCpu() - before.ended, peak: peak.bytes },
    sender: { cpu: cpuOf(server.pid) - before.server, peak: serverPeak.bytes },
  };
}

/** Two phases, one after the other, as one. */
export function inSuccession(first: Phase, second: Phase): Phase {
  const both = (a: Usage, b: Usage): Usage => {
    return { cpu: a.cpu + b.cpu, peak: Math.max(a.peak, b.peak) };
  };
  return {
    seconds: first.seconds + second.seconds,
    receiver: both(first.receiver, second.receiver),
    sender: both(first.sender, second.sender),
  };
}

/** Stand-ins for a running tracker, for the tests of what governs it. */
import { aYard, FakeClock, from, hex } from "../_fakes.ts";
import { Admission } from "../admission.ts";
import { Finder } from "../finder.ts";
import { GuestList } from "../guest_list.ts";
import { type Standing, TrackerMetrics } from "../metrics/mod.ts";
import { Governor } from "./governor.ts";
import type { ControlTarget, OnlineSession } from "./target.ts";

/** A tracker that has sessions and does what it is told. */
export class FakeTarget implements ControlTarget {
  readonly port: number | undefined = 2222;
  tlsPort: number | undefined = 2223;
  sessions: OnlineSession[] = [
    { peer: hex(1), name: "ana", address: "192.0.2.7" },
    { peer: hex(1), name: "ana", address: "192.0.2.7" },
    { peer: hex(2), name: "bo", address: "192.0.2.8" },
    { peer: hex(3), name: "cy", address: "192.0.2.7" },
  ];
  readonly metrics = new TrackerMetrics(() => 0);
  readonly yard = aYard();
  readonly finder = new Finder(this.yard.registry, from("127.0.0.1", "127.0.0.1", true));
  /** What is wrong with the index. */
  fault: unknown;
  /** Who was put out, in order. */
  readonly expelled: string[] = [];

  counts(): { sessions: number; members: number; files: number } {
    return { sessions: this.sessions.length, members: 3, files: 99 };
  }

  standing(): Standing {
    const sessions = { encrypted: 1, plain: 2, classic: 1 };
    const rest = { lost: 5, members: 3, files: 99, connections: 7, queuedBytes: 1024 };
    return { sessions, ...rest, turnedAway: 8, sentAway: 9 };
  }

  // deno-lint-ignore require-await -- the interface is asynchronous
  async check(): Promise<void> {
    if (this.fault !== undefined) throw this.fault;
  }

  online(): OnlineSession[] {
    return this.sessions;
  }

  expel(peer: string): void {
    this.expelled.push(peer);
    this.sessions = this.sessions.filter((session) => session.peer !== peer);
  }
}

/** Something to be governed. */
export interface Governed {
  /** What went wrong inside. */
  errors: unknown[];
  governor: Governor;
  admission: Admission;
  target: FakeTarget;
  clock: FakeClock;
}

/** Makes a governor of a tracker that is none. */
export function aGovernor({ inviteOnly = false } = {}): Governed {
  const [clock, target] = [new FakeClock(), new FakeTarget()];
  const admission = new Admission(GuestList.inMemory(), { inviteOnly, clock });
  const errors: unknown[] = [];
  const governor = new Governor(admission, target, {
    id: hex(0xf00),
    httpPort: 2280,
    clock,
    memory: () => 50_000_000,
    onError: (error) => errors.push(error),
  });
  return { errors, governor, admission, target, clock };
}

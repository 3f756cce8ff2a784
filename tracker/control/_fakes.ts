/** Stand-ins for a running tracker, for the tests of what governs it. */
import { FakeClock, hex } from "../_fakes.ts";
import { Admission } from "../admission.ts";
import { GuestList } from "../guest_list.ts";
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
  /** Who was put out, in order. */
  readonly expelled: string[] = [];

  counts(): { sessions: number; members: number; files: number } {
    return { sessions: this.sessions.length, members: 3, files: 99 };
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
  governor: Governor;
  admission: Admission;
  target: FakeTarget;
  clock: FakeClock;
}

/** Makes a governor of a tracker that is none. */
export function aGovernor({ inviteOnly = false } = {}): Governed {
  const [clock, target] = [new FakeClock(), new FakeTarget()];
  const admission = new Admission(GuestList.inMemory(), { inviteOnly, clock });
  const governor = new Governor(admission, target, { id: hex(0xf00), httpPort: 2280, clock });
  return { governor, admission, target, clock };
}

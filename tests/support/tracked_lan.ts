import { assert } from "@std/assert";
import { formatJoinLink, parseJoinLink } from "../../shared/mod.ts";
import { Lan, type LanMachine } from "./lan.ts";
import { type RunningTracker, startTracker, TempFolder } from "./network.ts";

/** A tracker on a machine of its own, two machines more, and a folder. */
export class TrackedLan implements AsyncDisposable {
  readonly lan: Lan;
  readonly tracker: RunningTracker;
  readonly folder = new TempFolder();

  private constructor(lan: Lan, tracker: RunningTracker) {
    this.lan = lan;
    this.tracker = tracker;
  }

  /** @param args what the tracker is told */
  static async open(...args: string[]): Promise<TrackedLan> {
    const lan = await Lan.start(3);
    return new TrackedLan(lan, await startTracker(args, { prefix: lan.machine(0).prefix }));
  }

  get ana(): LanMachine {
    return this.lan.machine(1);
  }

  get bo(): LanMachine {
    return this.lan.machine(2);
  }

  /** The tracker as the others reach it. */
  address(way: "plain" | "encrypted" = "encrypted"): string {
    const { ipv4 } = this.lan.machine(0);
    if (way === "plain") return `${ipv4}:${this.tracker.port}`;
    const link = parseJoinLink(this.tracker.link);
    assert(link !== undefined);
    return formatJoinLink({ ...link, host: ipv4 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tracker[Symbol.asyncDispose]();
    await this.lan[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

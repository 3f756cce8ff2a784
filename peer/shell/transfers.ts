import { Rate } from "../download/rate.ts";
import { formatBytes, formatSeconds, printable } from "../output.ts";

/** Something that is copied in the background, to here or to somebody else. */
export interface Transfer {
  readonly number: number;
  /** What is copied, for people. */
  readonly label: string;
  readonly files: number;
  readonly bytes: number;
  /** Bytes that are right at their place. */
  done: number;
  state: "running" | "waiting" | "done" | "failed";
  /** Why it failed. */
  reason?: string;
}

/** Transfers that are over and still shown. */
const remembered = 20;

/** The transfers of a shell, which number them from 1 on. */
export class Transfers {
  readonly #transfers: Transfer[] = [];
  readonly #rates = new Map<Transfer, Rate>();
  readonly #clock: () => number;
  #next = 1;

  /** @param clock milliseconds */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** Those that are not over. */
  get running(): readonly Transfer[] {
    return this.#transfers.filter(({ state }) => state === "running" || state === "waiting");
  }

  /** Those to be shown, in the order in which they began. */
  get all(): readonly Transfer[] {
    return this.#transfers;
  }

  /** Begins one. */
  begin(label: string, files: number, bytes: number): Transfer {
    const transfer: Transfer = {
      number: this.#next++,
      label,
      files,
      bytes,
      done: 0,
      state: "running",
    };
    this.#transfers.push(transfer);
    this.#rates.set(transfer, new Rate(this.#clock()));
    const over = this.#transfers.filter((one) => one.state === "done" || one.state === "failed");
    for (const old of over.slice(0, -remembered)) {
      this.#transfers.splice(this.#transfers.indexOf(old), 1);
    }
    return transfer;
  }

  /** So many bytes of it are there now. */
  progress(transfer: Transfer, done: number): void {
    this.#rates.get(transfer)?.add(Math.max(0, done - transfer.done), this.#clock());
    transfer.done = Math.min(done, transfer.bytes);
  }

  /** It is over. @param reason why it failed, if it did */
  end(transfer: Transfer, reason?: string): void {
    transfer.state = reason === undefined ? "done" : "failed";
    if (reason === undefined) transfer.done = transfer.bytes;
    else transfer.reason = reason;
    this.#rates.delete(transfer);
  }

  /** How far all that run are together, for the prompt: `45 %`; empty if none runs. */
  get summary(): string {
    const running = this.running;
    if (running.length === 0) return "";
    const [done, bytes] = running.reduce(
      ([sum, total], one) => [sum + one.done, total + one.bytes],
      [0, 0],
    );
    return `${percent(done, bytes)} %`;
  }

  /** What is copied, for people: `photos, 12 files, 40 MB`. */
  what({ label, files, bytes }: Transfer): string {
    const count = files === 1 ? "" : `, ${files} files`;
    return `${printable(label)}${count}, ${formatBytes(bytes)}`;
  }

  /** A transfer in a line, for people. */
  describe(transfer: Transfer): string {
    const { number, bytes, done, state, reason } = transfer;
    const what = `${number}. ${this.what(transfer)}`;
    if (state === "done") return `${what}: done`;
    if (state === "failed") return `${what}: ${printable(reason ?? "")}`;
    const so = `${what}: ${percent(done, bytes)} %`;
    if (state === "waiting") return `${so}, waiting`;
    const rate = this.#rates.get(transfer)?.value ?? 0;
    if (rate < 1) return so;
    return `${so}, ${formatBytes(rate)}/s, ${formatSeconds((bytes - done) / rate)} left`;
  }
}

function percent(done: number, bytes: number): number {
  return bytes === 0 ? 100 : Math.floor((100 * done) / bytes);
}

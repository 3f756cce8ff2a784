import { formatBytes, formatSeconds, type Output, printable } from "../output.ts";
import { Rate } from "./rate.ts";

/** Milliseconds between two reports: often enough to look alive. */
const reportEvery = 200;

/** Reports how far some downloads are: a line on a terminal, events for programs. */
export class Progress {
  readonly #output: Output;
  readonly #label: string;
  readonly #total: { files: number; bytes: number };
  readonly #rate = new Rate(performance.now());
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #verified = new Map<number, number>();
  readonly #received = new Map<number, number>();
  #settledBytes = 0;
  #settledFiles = 0;
  #lastReceived = 0;

  /** @param label what is downloaded, for people. */
  constructor(output: Output, label: string, total: { files: number; bytes: number }) {
    this.#output = output;
    this.#label = printable(label);
    this.#total = total;
    this.#timer = setInterval(() => this.#report(), reportEvery);
  }

  /** Download `number` has so many verified bytes, and got so many over the network. */
  update(number: number, verified: number, received: number): void {
    const before = this.#received.get(number) ?? 0;
    this.#rate.add(received - before, performance.now());
    this.#lastReceived += received - before;
    this.#verified.set(number, verified);
    this.#received.set(number, received);
  }

  /** Download `number` of `bytes` bytes is over, one way or the other. */
  settle(number: number, bytes: number): void {
    this.#verified.delete(number);
    this.#received.delete(number);
    this.#settledBytes += bytes;
    this.#settledFiles++;
  }

  /** Ends the reports. */
  close(): void {
    clearInterval(this.#timer);
    this.#output.erase();
  }

  #report(): void {
    const done = this.#verified.values().reduce((sum, bytes) => sum + bytes, this.#settledBytes);
    const { files, bytes } = this.#total;
    const rate = this.#rate.value;
    if (this.#output.json) {
      this.#output.event({
        event: "progress",
        done,
        size: bytes,
        files: this.#settledFiles,
        of: files,
        received: this.#lastReceived,
        rate: Math.round(rate),
      });
      return;
    }
    const percent = bytes === 0 ? 100 : Math.floor((100 * done) / bytes);
    const left = rate > 0 ? `  ${formatSeconds((bytes - done) / rate)} left` : "";
    const count = files > 1 ? `  ${this.#settledFiles} of ${files} files` : "";
    // A narrow terminal has room for what the bar says, but not for the bar.
    const drawn = this.#output.columns < widthForBar ? "" : `${bar(percent)} `;
    this.#output.draw(
      `${drawn}${String(percent).padStart(3)} %  ${formatBytes(done)} of ` +
        `${formatBytes(bytes)}  ${formatBytes(rate)}/s${left}${count}  ${this.#label}`,
    );
  }
}

const barWidth = 20;
/** Columns of a terminal that has room for a bar beside the rest. */
const widthForBar = 60;

function bar(percent: number): string {
  const full = Math.round((barWidth * percent) / 100);
  return `[${"#".repeat(full)}${"-".repeat(barWidth - full)}]`;
}

import { printable } from "../../shared/mod.ts";
import { formatBytes, type Output } from "../output.ts";
import type { Intake } from "./intake.ts";

/** Milliseconds between two reports: often enough to look alive. */
const reportEvery = 200;

interface Arrival {
  verified: number;
  received: number;
  isNew: boolean;
}

/** How far the files are that are coming: a line on a terminal, events for programs. */
export class Arrivals {
  readonly #output: Pick<Output, "json" | "event" | "draw" | "erase">;
  readonly #mayDraw: () => boolean;
  readonly #coming = new Map<Intake, Arrival>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param mayDraw whether the last line of the terminal is free */
  constructor(output: Pick<Output, "json" | "event" | "draw" | "erase">, mayDraw: () => boolean) {
    this.#output = output;
    this.#mayDraw = mayDraw;
  }

  /** So much of a file is verified, and came over the network in this run. */
  update(intake: Intake, verified: number, received: number): void {
    this.#coming.set(intake, { verified, received, isNew: true });
    this.#timer ??= setInterval(() => this.#report(), reportEvery);
  }

  /** A file is not coming any more. */
  settle(intake: Intake): void {
    this.#coming.delete(intake);
    if (this.#mayDraw()) this.#output.erase();
    if (this.#coming.size === 0) this.close();
  }

  /** Ends the reports. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #report(): void {
    if (this.#output.json) return this.#reportEvents();
    if (!this.#mayDraw()) return;
    const parts = [...this.#coming].map(([{ name, wanted: { size } }, { verified }]) => {
      const percent = size === 0 ? 100 : Math.floor((100 * verified) / size);
      return `${printable(name)} ${percent} % of ${formatBytes(size)}`;
    });
    this.#output.draw(parts.join("   "));
  }

  #reportEvents(): void {
    for (const [{ name, wanted: { id, size } }, arrival] of this.#coming) {
      if (!arrival.isNew) continue;
      arrival.isNew = false;
      const { verified: done, received } = arrival;
      this.#output.event({ event: "progress", file: name, id, done, size, received });
    }
  }
}

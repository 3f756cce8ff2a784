import { type LanyardError, printable } from "../../shared/mod.ts";
import { formatBytes, type Output } from "../output.ts";
import { ReadyOutput } from "../ready_output.ts";
import type { LedgerEntry, LedgerFormat } from "./ledger_row.ts";
import { errorScreen, LiveTable } from "./live_table.ts";
import type { Offered, Offering } from "./offering.ts";
import type { Answered } from "./roll.ts";
import { rollTable } from "./roll_table.ts";

/** What is said when everybody is told of the file. */
export interface Ready {
  offer: string;
  file: Offered;
  /** Where it is served, and as which peer. */
  port: number;
  peer: string;
  /** Path of the ledger. */
  ledger: string;
  /** What others type, line by line. */
  howToTake: readonly string[];
  /** Where the tracker listens that runs in this process, if one does. */
  tracker?: { port: number | null; tlsPort: number | null };
}

/**
 * Tells how an offer goes: programs in events, people on a terminal in a table, and others in lines.
 * Programs are told `ready` first, so everything else waits for it.
 */
export class OfferReport {
  readonly #output: Output;
  readonly #telling: ReadyOutput;
  readonly #ready = Promise.withResolvers<void>();
  #table: LiveTable | undefined;
  #isReady = false;

  constructor(output: Output) {
    this.#output = output;
    this.#telling = new ReadyOutput(output, this.#ready.promise);
  }

  /** Says that everybody is told, and then what was to be said before. */
  ready(ready: Ready, offering: Offering): void {
    const { offer, file: { path, size, id }, port, peer, ledger, howToTake, tracker } = ready;
    const event = {
      event: "ready",
      offer,
      path,
      size,
      id,
      port,
      peer,
      ledger,
      ...(tracker === undefined ? {} : { tracker }),
    };
    this.#output.result(event, () =>
      [
        `Offering ${printable(path)} (${formatBytes(size)}) to everybody.`,
        ...howToTake,
        `Who takes it is kept in ${printable(ledger)}`,
        "Stop with Ctrl-C.",
      ].join("\n"));
    if (this.#output.live) {
      const lines = (most: number): string[] =>
        rollTable(offering.roll, offering.file?.size ?? 0, most);
      const table = this.#table = new LiveTable(errorScreen, lines);
      this.#output.printInside((print) => table.around(print));
      table.refresh();
    }
    this.#isReady = true;
    this.#ready.resolve();
  }

  /** The file as it is now is offered; the first time `ready` says so. */
  offering({ path, size, id }: Offered, offer: string): void {
    if (this.#isReady) this.#output.event({ event: "offering", offer, path, size, id });
  }

  /** A peer was told, has answered, or is further than it was. */
  answered(answered: Answered, news: "answer" | "progress"): void {
    const { offer, peer, name, address, port = 0, answer, verified } = answered;
    const who = { offer, peer, name, address, port };
    const event = answer === "offered" ? { event: "offered", ...who } : {
      event: "answered",
      ...who,
      answer,
      ...(verified === undefined ? {} : { verified }),
    };
    this.#telling.event(
      event,
      news === "progress" || this.#output.live
        ? undefined
        : () => `${printable(name)} (${address}): ${answer}`,
    );
    this.#table?.refresh();
  }

  /** So many bytes went to a peer straight from us; others may have got theirs from it. */
  uploaded(address: string, bytes: number): void {
    this.#telling.event({ event: "upload", address, bytes });
  }

  /** The file has changed or is gone, or has come back. */
  changed(change: "added" | "removed", path: string): void {
    this.#telling.event(
      { event: "changed", change, path },
      change === "added"
        ? undefined
        : () =>
          `${printable(path)} has changed or is gone; it is offered as soon as it is there again`,
    );
  }

  /** Whether the tracker can connect to us. */
  reachable(ok: boolean): void {
    this.#telling.event({ event: "reachable", ok });
  }

  /** The ledger cannot be written: the operator has to know at once. */
  ledgerFailed({ code, message }: LanyardError, waiting: number): void {
    const lines = `${waiting} ${waiting === 1 ? "answer is" : "answers are"} not kept yet`;
    this.#telling.event(
      { event: "ledger-failed", code, message, waiting },
      () => `${message} (${lines})`,
    );
  }

  /** What could not be written before is in the ledger now. */
  ledgerRecovered(): void {
    this.#telling.event({ event: "ledger-recovered" }, () => "The ledger is complete again");
  }

  /** What never got into the ledger is at least said. */
  lost(entries: readonly LedgerEntry[], format: LedgerFormat): void {
    const lines = entries.map((entry) => format.line(entry)).filter((line) => line !== undefined);
    if (lines.length > 0) {
      this.#output.warn(["These lines are not in the ledger:", ...lines].join("\n"));
    }
  }

  /** Something does not work as it should. */
  trouble(message: string): void {
    this.#telling.trouble(message);
  }

  /** Leaves the table as it is. */
  close(): void {
    this.#table?.close();
  }
}

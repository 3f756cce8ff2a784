import { printable } from "../../shared/mod.ts";

/** What a ledger keeps: who answered what, and when. */
export interface LedgerEntry {
  /** Unix time in ms. */
  time: number;
  peer: string;
  name: string;
  address: string;
  port: number;
  /** The name of the file. */
  file: string;
  /** Bytes. */
  size: number;
  id: string;
  answer: "accepted" | "declined" | "done" | "failed";
}

/** How a ledger is written. */
export interface LedgerFormat {
  /** The first line of the file, if it has one that says what follows. */
  readonly header?: string;
  /** Ends every line. */
  readonly lineEnd: string;
  /** Tells whether a file that begins so is a ledger of this kind. */
  isLedger(firstLine: string): boolean;
  /** What a line needs that was left unfinished, so that the next one is read by itself. */
  mend(unfinished: string): string;
  /** The line of an entry, without its end; nothing if such entries are not kept. */
  line(entry: LedgerEntry): string | undefined;
}

const columns = ["time", "name", "peer", "address", "file", "size", "id", "answer"] as const;

/** A table as RFC 4180 has it, for spreadsheets and programs. */
const csv: LedgerFormat = {
  header: columns.join(","),
  lineEnd: "\r\n",
  isLedger: (first) => first === columns.join(","),
  mend: (unfinished) => unfinished.split('"').length % 2 === 0 ? '"' : "",
  line: (entry) => {
    const { time, size } = entry;
    const values = { ...entry, time: new Date(time).toISOString(), size: String(size) };
    return columns.map((column) => cell(values[column])).join(",");
  },
};

/**
 * The sentences of the program that this feature comes from, which knew only whether a file was
 * downloaded. Its port is the one at which the peer serves files.
 */
const text: LedgerFormat = {
  lineEnd: "\n",
  isLedger: (first) => first.startsWith("Client: ("),
  mend: () => "",
  line: ({ answer, address, port, file }) => {
    if (answer === "accepted") return undefined; // Nothing is decided yet.
    const did = answer === "done" ? "downloaded" : "did not download";
    return `Client: ('${address}', ${port}) ${did} the file '${printable(file)}'`;
  },
};

/** The kinds of ledgers, by what a user calls them. */
export const ledgerFormats = { csv, text } as const;

/**
 * One cell. What a spreadsheet would take for a formula gets an apostrophe, which spreadsheets read
 * as the mark of a text; also behind a semicolon, with which some of them separate cells.
 */
function cell(value: string): string {
  const harmless = printable(value).replace(/(^|;)(?=\s*[=+\-@＝＋－＠])/g, "$1'");
  return /[",;'\s]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

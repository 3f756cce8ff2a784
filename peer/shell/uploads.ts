import { LanyardError, type OnlinePeer, printable } from "../../shared/mod.ts";
import { formatBytes } from "../output.ts";
import { distinctName } from "../records.ts";
import type { SendEvents } from "../sending/send_all.ts";
import { expanded } from "../setting_kinds.ts";
import { endTransfer, tellFailed } from "./endings.ts";
import { type Finding, unlessInterrupted } from "./finding.ts";
import { splitLine } from "./line.ts";
import { isNumber } from "./numbered.ts";
import type { Background, ShellParts } from "./parts.ts";
import type { Transfer } from "./transfers.ts";

/** Sends files into the inboxes of others, in the background. */
export class Uploads {
  readonly #parts: ShellParts;
  readonly #finding: Finding;
  readonly #background: Background;

  constructor(parts: ShellParts, finding: Finding, background: Background) {
    this.#parts = parts;
    this.#finding = finding;
    this.#background = background;
  }

  /** Sends a file or folder to a peer: `notes.pdf ana`, or `notes.pdf to ana`. */
  async upload([path = "", ...rest]: readonly string[]): Promise<void> {
    const { network, output, transfers } = this.#parts;
    const files = await network.gather(expanded(path));
    const to = await this.#receiver(rest[0]?.toLowerCase() === "to" ? rest.slice(1) : rest);
    const bytes = files.reduce((sum, { stamp }) => sum + stamp.size, 0);
    const transfer = transfers.begin(`${path} to ${to.name}`, files.length, bytes);
    output.event(
      { event: "started", transfer: transfer.number, name: path, size: bytes, peer: to.peer },
      () => `${transfer.number}. Sending ${transfers.what(transfer)}`,
    );
    this.#background.start(
      () => network.upload(files, to, this.#events(transfer)),
      (failure) => this.#tellEnd(transfer, failure),
    );
  }

  /** Who is meant: the rest of the line, or the number of a list, or an answer. */
  async #receiver(words: readonly string[]): Promise<OnlinePeer> {
    const { console, network } = this.#parts;
    const named = words.length > 0 ? words : await this.#ask();
    const name = named.join(" ");
    const listed = isNumber(name) ? this.#finding.peers.take(name)?.peer : undefined;
    return await unlessInterrupted(console, network.receiver(listed ?? name));
  }

  async #ask(): Promise<string[]> {
    const { console, network, output } = this.#parts;
    const all = (await unlessInterrupted(console, network.peers())).filter(({ inbox }) => inbox);
    if (all.length === 0) {
      throw new LanyardError(
        "not-found",
        "Nobody here takes files; who wants some runs: peer share --inbox FOLDER",
      );
    }
    this.#finding.peers.show(all);
    all.forEach((one, at) => output.note(`${at + 1}. ${distinctName(one, all)}`));
    const answer = await console.ask("To whom? (the number, or the name) ");
    const words = splitLine(answer ?? "");
    if (words.length > 0) return words;
    throw new LanyardError("usage", "Nobody was chosen, so nothing is sent");
  }

  #tellEnd(transfer: Transfer, failure: LanyardError | undefined): void {
    const { output } = this.#parts;
    const { label, files, bytes } = transfer;
    endTransfer(this.#parts, transfer, failure, { done: "was sent", failed: "was not sent" });
    if (failure !== undefined || files < 2) return;
    output.note(`${printable(label)}: ${files} files, ${formatBytes(bytes)} were sent`);
  }

  #events(
    transfer: Transfer,
  ): SendEvents & { progress(number: number, bytes: number): void } {
    const { output, transfers } = this.#parts;
    let isInterrupted = false;
    return {
      progress: (_, bytes) => transfers.progress(transfer, transfer.done + bytes),
      interrupted: ({ message }) => {
        if (!isInterrupted) output.note(`${message}; trying again`);
        isInterrupted = true;
      },
      stored: (_, { path, id, stamp: { size } }, stored, seconds) => {
        isInterrupted = false;
        const record = {
          event: "sent",
          transfer: transfer.number,
          path,
          stored,
          size,
          id,
          seconds,
        };
        if (transfer.files > 1) return output.event(record);
        output.result(record, () => {
          const as = stored === path ? "" : `, as ${printable(stored)}`;
          return `${printable(transfer.label)}  ${formatBytes(size)}${as}, was sent`;
        });
      },
      failed: (_, file, error) => tellFailed(output, transfer, file, error),
    };
  }
}

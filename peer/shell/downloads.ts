import { type FoundFile, LanyardError, printable } from "../../shared/mod.ts";
import type { FetchEvents } from "../download/fetch.ts";
import { describeDone } from "../download/outcome_text.ts";
import { type Candidates, type Choice, choiceOf } from "../download/resolve.ts";
import { isFolder } from "../find.ts";
import { formatBytes, formatSeconds } from "../output.ts";
import { describeSource } from "../records.ts";
import { endTransfer, tellFailed } from "./endings.ts";
import { type Finding, unlessInterrupted } from "./finding.ts";
import { isNumber } from "./numbered.ts";
import type { Background, ShellParts } from "./parts.ts";
import type { Transfer } from "./transfers.ts";

/** Copies files to here, in the background. */
export class Downloads {
  readonly #parts: ShellParts;
  readonly #finding: Finding;
  readonly #background: Background;

  constructor(parts: ShellParts, finding: Finding, background: Background) {
    this.#parts = parts;
    this.#finding = finding;
    this.#background = background;
  }

  /** Copies what some numbers of the last list stand for, or what has a name. */
  async download(words: readonly string[]): Promise<void> {
    if (words.length > 0 && words.every(isNumber)) {
      const found = words.flatMap((word) => this.#finding.files.take(word) ?? []);
      const chosen = await Promise.all(found.map((one) => this.#choicesOf(one)));
      for (const [at, choices] of chosen.entries()) this.#start(choices, found[at]?.name ?? "");
      return;
    }
    const name = words.join(" ");
    const candidates = await this.#resolve(name);
    if (candidates === undefined) return;
    const choices = await this.#choose(name, candidates);
    this.#start(choices, choices.length === 1 ? choices[0]?.file.name ?? name : name);
  }

  /** What is copied of something that was found: the file, or what is in the folder now. */
  async #choicesOf(found: FoundFile): Promise<Choice[]> {
    if (!isFolder(found)) return [choiceOf(found)];
    const { console, network } = this.#parts;
    const resolved = network.resolve(`${found.path}/`, found.sources[0]?.peer);
    const [candidate] = await unlessInterrupted(console, resolved);
    return candidate?.files ?? [];
  }

  /** What a name may mean; nothing if similar ones are shown instead. */
  async #resolve(name: string): Promise<Candidates | undefined> {
    const { console, network, output } = this.#parts;
    try {
      return await unlessInterrupted(console, network.resolve(name));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const folder = name.includes("/") ? undefined : await this.#folder(name);
      if (folder !== undefined) return folder;
      const similar = await unlessInterrupted(console, network.search(name));
      if (similar.length === 0) {
        throw new LanyardError("not-found", `Nobody here shares "${name}"; to see all: list`);
      }
      output.note(`No file has that very name. Similar ones; type download and a number:`);
      this.#finding.show(similar);
      return undefined;
    }
  }

  async #folder(name: string): Promise<Candidates | undefined> {
    const { console, network } = this.#parts;
    return await unlessInterrupted(console, network.resolve(`${name}/`)).catch((error) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  async #choose(name: string, candidates: Candidates): Promise<Choice[]> {
    const { console, output } = this.#parts;
    const [first] = candidates;
    if (first === undefined) throw new LanyardError("not-found", `Nobody here shares "${name}"`);
    if (candidates.length === 1) return first.files;
    output.note("There are several:");
    for (const [at, { label }] of candidates.entries()) output.note(`${at + 1}. ${label}`);
    const answer = (await console.ask("Which one? (its number) "))?.trim() ?? "";
    const chosen = isNumber(answer) ? candidates[Number(answer) - 1] : undefined;
    if (chosen !== undefined) return chosen.files;
    throw new LanyardError("ambiguous", "None was chosen, so nothing is copied");
  }

  #start(choices: readonly Choice[], label: string): void {
    const { downloads, network, output, transfers } = this.#parts;
    const bytes = choices.reduce((sum, { file }) => sum + file.size, 0);
    const transfer = transfers.begin(label, choices.length, bytes);
    output.event(
      { event: "started", transfer: transfer.number, name: label, size: bytes },
      () => `${transfer.number}. Copying ${transfers.what(transfer)}, to ${downloads}`,
    );
    const start = performance.now();
    this.#background.start(
      () => network.download(choices, this.#events(transfer)),
      (failure) => this.#tellEnd(transfer, (performance.now() - start) / 1000, failure),
    );
  }

  #tellEnd(transfer: Transfer, seconds: number, failure: LanyardError | undefined): void {
    const { downloads, output } = this.#parts;
    const { label, files, bytes } = transfer;
    endTransfer(this.#parts, transfer, failure, { done: "has come", failed: "did not come" });
    if (failure !== undefined || files < 2) return;
    const what = `${printable(label)}: ${files} files, ${formatBytes(bytes)}`;
    output.note(`${what} in ${formatSeconds(seconds)}, in ${downloads}`);
  }

  #events(transfer: Transfer): FetchEvents {
    const { output, transfers } = this.#parts;
    const verified = new Map<number, number>();
    const progress = (number: number, bytes: number): void => {
      verified.set(number, bytes);
      transfer.state = "running";
      transfers.progress(transfer, verified.values().reduce((sum, one) => sum + one, 0));
    };
    return {
      progress,
      waiting: () => transfer.state = "waiting",
      sourceLost: (_, source, { message }) =>
        output.note(`${describeSource(source)} is given up: ${message}`),
      done: (number, { file: { id, size } }, outcome, seconds) => {
        progress(number, size);
        const record = { event: "done", transfer: transfer.number, ...outcome, size, id, seconds };
        if (transfer.files === 1) output.result(record, () => describeDone(outcome, size, seconds));
        else output.event(record);
      },
      failed: (_, file, error) => tellFailed(output, transfer, file, error),
    };
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof LanyardError && error.code === "not-found";
}

import { type FoundFile, LanyardError, type OnlinePeer } from "../../shared/mod.ts";
import { describeFile, describePeer, fileRecord } from "../records.ts";
import type { Console } from "./console.ts";
import { Numbered } from "./numbered.ts";
import type { ShellParts } from "./parts.ts";

/** Files of a list that are shown: what is above them is still on the screen, or a key away. */
const mostShown = 50;

/** Looks for files and peers, and knows what the numbers in front of them stand for. */
export class Finding {
  /** The files that were listed last. */
  readonly files = new Numbered<FoundFile>("file", "search TEXT");
  /** The peers that were listed last. */
  readonly peers = new Numbered<OnlinePeer>("peer", "peers");
  readonly #parts: ShellParts;

  constructor(parts: ShellParts) {
    this.#parts = parts;
  }

  /** Finds files by a part of their names. */
  async search(text: string): Promise<void> {
    const { console, network, output } = this.#parts;
    const found = await unlessInterrupted(console, network.search(text));
    if (found.length === 0) {
      throw new LanyardError("not-found", `Nothing here is named like "${text}"; to see all: list`);
    }
    this.show(found);
    output.note("To copy one, type download and its number.");
  }

  /** Lists all files, or those of a peer: its name, or its number in the last list. */
  async list(who: string): Promise<void> {
    const { console, network } = this.#parts;
    const peer = who === "" ? undefined : this.peers.take(who)?.peer ?? who;
    const found = await unlessInterrupted(console, network.list(peer));
    if (found.length === 0) throw new LanyardError("not-found", "Nobody shares anything yet");
    this.show(found);
  }

  /** Shows some files with their numbers. */
  show(found: readonly FoundFile[]): void {
    const { output } = this.#parts;
    const shown = found.slice(0, mostShown);
    this.files.show(shown);
    for (const [at, file] of shown.entries()) {
      const record = Object.assign({ number: at + 1 }, fileRecord(file));
      output.result(record, () => `${numbered(at)}  ${describeFile(file)}`);
    }
    if (found.length > shown.length) {
      output.note(`There are more; to see those you want, type: search TEXT`);
    }
  }

  /** Shows who is here. */
  async showPeers(): Promise<void> {
    const { console, network, output } = this.#parts;
    const all = await unlessInterrupted(console, network.peers());
    this.peers.show(all);
    if (all.length === 0) output.note("Nobody is here but you.");
    for (const [at, one] of all.entries()) {
      output.result({ number: at + 1, ...one }, () => `${numbered(at)}  ${describePeer(one, all)}`);
    }
  }
}

/** A number before what it stands for. @param at from 0 on */
export function numbered(at: number): string {
  return String(at + 1).padStart(3);
}

/** Waits for something until somebody has enough of it. @throws {LanyardError} `closed` */
export async function unlessInterrupted<T>(console: Console, work: Promise<T>): Promise<T> {
  const stopped = console.interrupted().then(() => {
    throw new LanyardError("closed", "Stopped");
  });
  return await Promise.race([work, stopped]);
}

import { Dice } from "../../tests/support/dice.ts";
import type { Script, Vocabulary } from "./vocabulary.ts";
import { Zipf } from "./zipf.ts";

/** A file as SHARE announces it. */
export interface LoadFile {
  path: string;
  size: number;
  modified: number;
  id: string;
}

/** Files in a folder. */
export const folderFiles = 20;
/** Of 100 folders, how many are such that others have as well. */
const popularShare = 30;
/** Different folders that several have. */
const popularFolders = 3000;
/** Bytes of files: from the first up to the second, each order of magnitude as often. */
const sizes = { least: 500, times: 8e6 };
const separators = [" ", " ", " ", "_", "-", "."] as const;
const types = new Zipf(14, 1.5);
const typeNames = "jpg mp3 pdf mp4 png txt docx flac zip mkv xlsx html epub tar.gz".split(" ");

/**
 * What peers share: folders of files whose names look like those of people, the same for the same
 * seed. Each folder is made by itself, so any can be had at any time.
 */
export class Collection {
  readonly #seed: number;
  readonly #vocabulary: Vocabulary;
  readonly #popularity = new Zipf(popularFolders, 20);

  constructor(seed: number, vocabulary: Vocabulary) {
    this.#seed = seed;
    this.#vocabulary = vocabulary;
  }

  /**
   * The files of one folder.
   *
   * @param peer the number of the peer
   * @param number that of the folder at this peer
   */
  folder(peer: number, number: number): LoadFile[] {
    const own = peer * 65_536 + number;
    const dice = Dice.for(this.#seed, own);
    const isPopular = dice.below(100) < popularShare;
    // Negative numbers are those of what several have.
    const content = isPopular ? -1 - this.#popularity.rankAt(dice.below(2 ** 31) / 2 ** 31) : own;
    const place = `${this.#vocabulary.word("latin", dice)} ${number}`;
    return this.#filesOf(content, place);
  }

  #filesOf(content: number, place: string): LoadFile[] {
    const dice = Dice.for(this.#seed ^ 0x5bd1e995, content);
    const script = this.#vocabulary.script(dice);
    const folder = `${place}/${this.#words(script, dice, 2)}`;
    const separator = dice.pick(separators);
    const names = new Set<string>();
    const start = 1_300_000_000_000 + dice.below(400_000) * 1_000_000;
    return Array.from({ length: folderFiles }, (_, at) => {
      const type = typeNames[types.rankAt(dice.below(2 ** 31) / 2 ** 31)] ?? "";
      const stem = this.#stem(script, dice, at).replaceAll(" ", separator);
      const name = names.has(`${stem}.${type}`) ? `${stem} (${at}).${type}` : `${stem}.${type}`;
      names.add(name);
      return {
        path: `${folder}/${name}`,
        size: Math.floor(sizes.least * sizes.times ** (dice.below(2 ** 20) / 2 ** 20)),
        modified: start + at * 1000,
        id: hexDigits(dice),
      };
    });
  }

  /** A name without its extension: words, and now and then a number as cameras and series have. */
  #stem(script: Script, dice: Dice, at: number): string {
    switch (dice.below(8)) {
      case 0:
        return `IMG ${String(dice.below(10_000)).padStart(4, "0")}`;
      case 1:
        return `${String(at + 1).padStart(2, "0")} ${this.#words(script, dice, 3)}`;
      case 2:
        return `${this.#words(script, dice, 3)} ${1990 + dice.below(37)}`;
      case 3:
        return `${this.#words(script, dice, 2)} S0${1 + dice.below(9)}E${10 + at}`;
      default:
        return this.#words(script, dice, 5);
    }
  }

  #words(script: Script, dice: Dice, most: number): string {
    const count = 1 + dice.below(most);
    return Array.from({ length: count }, () => this.#vocabulary.word(script, dice)).join(" ");
  }
}

/** 64 hex digits, as different as those of hashes. */
function hexDigits(dice: Dice): string {
  let digits = "";
  for (let at = 0; at < 8; at++) digits += dice.below(2 ** 32).toString(16).padStart(8, "0");
  return digits;
}

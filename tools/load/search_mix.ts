import { Dice } from "../../tests/support/dice.ts";
import { request } from "../bench/load/requests.ts";
import { nameOf } from "../../shared/mod.ts";
import { type Collection, folderFiles, type LoadFile } from "./collection.ts";
import { scripts, type Vocabulary } from "./vocabulary.ts";

/** Kinds of searches that people make, and of 100 searches how many are of each. */
export const searchShares = {
  /** A piece of a word, as it is typed. */
  partial: 28,
  /** What few files have: most of a name. */
  rare: 20,
  /** A word that is in very many names. */
  common: 14,
  "two words": 8,
  /** Quoted, as it is in a name. */
  phrase: 7,
  /** A word in letters other than Latin ones. */
  script: 8,
  "two letters": 5,
  "one character": 3,
  missing: 7,
} as const;

/** A kind of search. */
export type SearchKind = keyof typeof searchShares;
/** Every kind. */
export const searchKinds = Object.keys(searchShares) as SearchKind[];

/** A search, and as it goes over the wire. */
export interface LoadSearch {
  kind: SearchKind;
  text: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What is searched: a collection, and how much of it is there. */
export interface Searched {
  collection: Collection;
  vocabulary: Vocabulary;
  /** Peers, and folders of each. */
  peers: number;
  folders: number;
}

/** Entries that are asked for: a screenful. */
const limit = 50;

/** The searches that people make, the same ones for the same seed. */
export class SearchMix {
  readonly #seed: number;
  readonly #searched: Searched;

  constructor(seed: number, searched: Searched) {
    this.#seed = seed ^ 0x27d4eb2f;
    this.#searched = searched;
  }

  /** The search of that number. */
  search(number: number): LoadSearch {
    const dice = Dice.for(this.#seed, number);
    let left = dice.below(100);
    const kind = searchKinds.find((kind) => (left -= searchShares[kind]) < 0) ?? "partial";
    const text = this.#text(kind, dice);
    return { kind, text, bytes: request("SEARCH", { text, limit }) };
  }

  #text(kind: SearchKind, dice: Dice): string {
    const { vocabulary } = this.#searched;
    const common = (): string => vocabulary.wordOfRank("latin", dice, 0, 0.001);
    switch (kind) {
      case "partial": {
        const word = [...vocabulary.wordOfRank("latin", dice, 0.001, 0.5)];
        const start = dice.below(Math.max(1, word.length - 4));
        return word.slice(start, start + 3 + dice.below(4)).join("");
      }
      case "rare":
        return this.#somebodysName(dice);
      case "common":
        return common();
      case "two words":
        return `${common()} ${vocabulary.wordOfRank("latin", dice, 0.001, 0.05)}`;
      case "phrase":
        return `"${this.#somebodysName(dice).slice(0, 12)}"`;
      case "script": {
        const others = scripts.slice(2);
        const script = others[dice.below(others.length)] ?? "cyrillic";
        return vocabulary.wordOfRank(script, dice, 0, 0.3);
      }
      case "two letters":
        return [...vocabulary.word(vocabulary.script(dice), dice)].slice(0, 2).join("");
      case "one character":
        return [...vocabulary.word(vocabulary.script(dice), dice)].slice(0, 1).join("");
      case "missing":
        return `${vocabulary.wordOfRank("latin", dice, 0, 1)}xqj${dice.below(1000)}`;
    }
  }

  /** The name of a file that is there, without its extension. */
  #somebodysName(dice: Dice): string {
    const { collection, peers, folders } = this.#searched;
    const files = collection.folder(dice.below(peers), dice.below(folders));
    const file: LoadFile | undefined = files[dice.below(folderFiles)];
    return nameOf(file?.path ?? "").replace(/\.[^.]*$/, "");
  }
}

import { Dice } from "../../tests/support/dice.ts";
import { Zipf } from "./zipf.ts";

/** What words of one script are made of. */
interface Alphabet {
  /** Of 100 names, how many are in this script. */
  share: number;
  /** Different words. */
  words: number;
  /** Syllables in a word. */
  syllables: readonly [least: number, most: number];
  parts: string;
}

/** Scripts in which files are named. All parts are in Unicode's form NFC. */
const alphabets = {
  latin: {
    share: 58,
    words: 20_000,
    syllables: [1, 4],
    parts: "ba co den fi gra hol in ka le mar no or pre qui ra son ter un vi work yo zen al port " +
      "tion ing ex pla sta men re to lo sh ard ock ell ist",
  },
  accents: {
    share: 12,
    words: 6000,
    syllables: [2, 4],
    parts: "é là ün ñor ça øst åge zł šť ür öl ção été mün gar tou lan bri ser ke pro vo da",
  },
  cyrillic: {
    share: 10,
    words: 6000,
    syllables: [2, 4],
    parts: "за но ре при ко ста ва ли мо де ние ур ок пла фо то кни га ё й щи вы бор",
  },
  greek: {
    share: 4,
    words: 3000,
    syllables: [2, 4],
    parts: "μα θη τής ευ κα λό σχο λή φω το γρα βι βλί ο ού χρό νος",
  },
  chinese: {
    share: 7,
    words: 5000,
    syllables: [1, 3],
    parts:
      "计 划 书 学 习 音 乐 照 片 电 影 中 国 文 件 家 庭 旅 行 新 年 数 据 分 析 会 议 报 告 城 市",
  },
  japanese: {
    share: 5,
    words: 4000,
    syllables: [2, 4],
    parts: "の か き さ し た な メモ ノート 写 真 音 楽 旅 日 本 語 ガ ギ パ ピ 会 議 資 料",
  },
  arabic: {
    share: 4,
    words: 3000,
    syllables: [2, 3],
    parts: "كت اب در س صو رة مل ف جد يد سف ر مو سي قى بي ت عم ل",
  },
} as const satisfies Record<string, Alphabet>;

/** A script. */
export type Script = keyof typeof alphabets;
/** Every script, the one that most names are in first. */
export const scripts = Object.keys(alphabets) as [Script, ...Script[]];

/** The words of all scripts; each script has words that are everywhere and words that hardly are. */
export class Vocabulary {
  readonly #words = new Map(scripts.map((script) => [script, wordsOf(script)]));
  readonly #ranks = new Map(scripts.map((script) => [script, new Zipf(alphabets[script].words)]));

  /** A script, as often as names are in it. */
  script(dice: Dice): Script {
    let left = dice.below(100);
    return scripts.find((script) => (left -= alphabets[script].share) < 0) ?? "latin";
  }

  /** A word, as often as names have it. */
  word(script: Script, dice: Dice): string {
    const rank = this.#ranks.get(script)?.rankAt(dice.below(2 ** 31) / 2 ** 31) ?? 0;
    return this.#words.get(script)?.[rank] ?? "";
  }

  /** A word whose frequency lies in some part of the ranks, from 0 to 1. */
  wordOfRank(script: Script, dice: Dice, from: number, to: number): string {
    const words = this.#words.get(script) ?? [];
    const first = Math.floor(from * words.length);
    return words[first + dice.below(Math.ceil(to * words.length) - first)] ?? "";
  }
}

/** Different words; the same every time. */
function wordsOf(script: Script): string[] {
  const { words: count, syllables: [least, most], parts } = alphabets[script];
  const dice = Dice.for(1, scripts.indexOf(script));
  const choices = parts.split(" ");
  const words = new Set<string>();
  while (words.size < count) {
    const length = least + dice.below(most - least + 1);
    const made = Array.from({ length }, () => choices[dice.below(choices.length)]).join("");
    words.add(made.normalize("NFC"));
  }
  return [...words];
}

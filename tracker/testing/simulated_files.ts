import { parseSharePath, type SharedFile } from "../../shared/mod.ts";
import type { Dice } from "../../tests/support/dice.ts";

/** Different content that is around; few enough that no page of results is ever cut short. */
const contents = 240;
/** Names that one content goes by. */
const namesOfEach = 3;

const stems = [
  "plan",
  "Plan b",
  "my holiday photo",
  "Übung",
  "Ångström søker",
  "план урока",
  "Отчёт",
  "Σίσυφος",
  "計画書",
  "メモ帳",
  "خطة الدرس",
  "100%_of it",
  'say "hi"',
  "a",
  "bb",
] as const;
const types = [".txt", ".TXT", ".mp3", ".tar.gz", ""] as const;
const folders = ["", "docs/", "docs/deep/", "Música/", "計画/x/"] as const;

/** Texts that somebody may look for: words, pieces of words, phrases, nothing, what nobody has. */
const texts = [
  ...["plan", "PLAN b", "b plan", '"plan b"', "holi phot", "ubung", "Übung", "angstrom", "soker"],
  ...["план", "отчет", "ΣΊΣΥΦΟΣ", "計画", "計", "メモ", "خطة", "100%", "%", "_", "*", '"', '"hi"'],
  ...[
    "a",
    "b",
    "bb",
    "1",
    "12",
    "7",
    ".txt",
    "txt",
    "gz",
    "tar.gz",
    "",
    "nobody has this",
    "xyzzy",
  ],
] as const;

/** Some content under one of its names, in some folder. */
export function anyFile(dice: Dice): SharedFile {
  const content = dice.below(contents);
  const which = content * namesOfEach + dice.below(namesOfEach);
  const stem = stems[which % stems.length] ?? "";
  const number = which % 4 === 0 ? "" : ` ${content}`;
  const type = types[which % types.length] ?? "";
  const partial = dice.once(10) ? { partial: true } : {};
  return {
    path: parseSharePath(`${dice.pick(folders)}${stem}${number}${type}`.normalize("NFC")),
    // Every id belongs to two contents, which only their sizes tell apart.
    id: (content >> 1).toString(16).padStart(64, "0"),
    size: 1000 + content,
    modified: dice.below(1000),
    ...partial,
  };
}

/** Something to look for. */
export function anyText(dice: Dice): string {
  return dice.pick(texts);
}

/** A folder, a file, or neither. */
export function anyPlace(dice: Dice): SharedFile["path"] {
  const folder = dice.pick(["docs", "docs/deep", "doc", "計画", "計画/x", "Música"]);
  return dice.once(3) ? anyFile(dice).path : parseSharePath(folder);
}

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const top = fromFileUrl(new URL("../", import.meta.url));
const table = "tests/HOSTILE_COVERAGE.md";
/** How many hostile inputs and faults there are. */
const numbers = 60;

/** One of them, as the table has it. */
interface Row {
  number: number;
  what: string;
  files: string[];
  remark: string;
}

function rows(): Row[] {
  const lines = Deno.readTextFileSync(join(top, table)).split("\n");
  return lines.filter((line) => /^\| +\d/.test(line)).map((line) => {
    const [, number = "", what = "", files = "", remark = ""] = line.split("|")
      .map((cell) => cell.trim());
    const named = [...files.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file);
    return { number: Number(number), what, files: named, remark };
  });
}

/** The numbers in the titles of a file's tests, such as those of `hostile 07 09: …`. */
function numbersIn(path: string): number[] {
  const titles = Deno.readTextFileSync(join(top, path)).matchAll(/hostile ((?:\d+ )*\d+): /g);
  return [...titles].flatMap(([, found = ""]) => found.split(" ").map(Number));
}

/** The paths of all test files. */
function* testFiles(folder = ""): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(top, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory && !/^\.|^dist$/.test(name)) yield* testFiles(path);
    if (name.endsWith("_test.ts")) yield path;
  }
}

Deno.test("every hostile input has a row, and every row the files that test it, or a reason", () => {
  assertEquals(
    rows().map(({ number }) => number),
    Array.from({ length: numbers }, (_, at) => at + 1),
  );
  for (const { number, what, files, remark } of rows()) {
    assert(what !== "", `${number} says nothing`);
    assert(files.length > 0 || remark !== "", `${number} has neither a test nor a reason`);
    for (const file of files) {
      assert(numbersIn(file).includes(number), `${file} has no test of number ${number}`);
    }
  }
});

Deno.test("every number in a title is one of the table, and none is said to have no test", () => {
  const untested = new Set(
    rows().filter(({ files }) => files.length === 0).map(({ number }) => number),
  );
  for (const file of testFiles()) {
    for (const number of numbersIn(file)) {
      assert(number >= 1 && number <= numbers, `${file}: there is no number ${number}`);
      assert(!untested.has(number), `${file} tests number ${number}: name it in ${table}`);
    }
  }
});

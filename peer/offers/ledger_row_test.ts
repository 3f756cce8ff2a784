import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type LedgerEntry, ledgerFormats } from "./ledger_row.ts";

const permissions = "none";
const { csv, text } = ledgerFormats;

const entry: LedgerEntry = {
  time: Date.UTC(2026, 10, 21, 8, 30, 5, 7),
  peer: "ab".repeat(32),
  name: "bo",
  address: "192.0.2.8",
  port: 2224,
  file: "notes.pdf",
  size: 5,
  id: "cd".repeat(32),
  answer: "done",
};

/** Reads one line of CSV as RFC 4180 says. */
function cells(line: string): string[] {
  const found: string[] = [];
  for (let rest = `,${line}`; rest !== "";) {
    const [whole, quoted, plain] = /^,(?:"((?:[^"]|"")*)"|([^",]*))/.exec(rest) ?? [];
    if (whole === undefined) throw new TypeError(`This is no CSV: ${rest}`);
    found.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    rest = rest.slice(whole.length);
  }
  return found;
}

function named(name: string): string {
  return cells(csv.line({ ...entry, name }) ?? "")[1] ?? "";
}

Deno.test("ledgerFormats.csv has a row for an entry under its header", { permissions }, () => {
  assertEquals(csv.header, "time,name,peer,address,file,size,id,answer");
  const row = `2026-11-21T08:30:05.007Z,bo,${entry.peer},192.0.2.8,notes.pdf,5,${entry.id},done`;
  assertEquals(csv.line(entry), row);
});

Deno.test("hostile 58: ledgerFormats.csv takes the sting out of formulas", { permissions }, () => {
  const formulas = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", " =1", "＝1", "a;=1"];
  for (const formula of formulas) {
    const name = named(formula);
    assert(!/(^|;)\s*[=+\-@＝＋－＠]/.test(name), name);
    assertEquals(name.replace("'", ""), formula);
  }
  assertEquals(named("a=b-c+d@e"), "a=b-c+d@e");
});

Deno.test("hostile 07: ledgerFormats writes one line for any entry, and no control characters", {
  permissions,
}, () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\r\n", "\t=1", "\u001b[2J", '"', '","', "a\u202eb", "'", ";", "=\n="),
  );
  fc.assert(fc.property(anyText, anyText, (name, file) => {
    for (const format of [csv, text]) {
      const line = format.line({ ...entry, name, file }) ?? "";
      // deno-lint-ignore no-control-regex -- that there are none is what is tested
      assert(!/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/.test(line), line);
    }
    const row = cells(csv.line({ ...entry, name, file }) ?? "");
    assertEquals(row.length, 8);
    assert(row.every((value) => !/^\s*[=+\-@]/.test(value)));
  }));
});

Deno.test("ledgerFormats.csv closes what an unfinished row has opened", { permissions }, () => {
  assertEquals(csv.mend('2026,"ana "'), "");
  assertEquals(csv.mend('2026,"ana, '), '"');
  assertEquals(csv.mend('2026,"ana ""the'), '"');
  assertEquals(csv.mend("2026,ana"), "");
});

Deno.test("ledgerFormats.text has the lines of the program it comes from", { permissions }, () => {
  const seed = { ...entry, address: "127.0.0.1", port: 53552, file: "test.txt" };
  assertEquals(text.line(seed), "Client: ('127.0.0.1', 53552) downloaded the file 'test.txt'");
  for (const answer of ["declined", "failed"] as const) {
    assertEquals(
      text.line({ ...seed, answer, port: 53554 }),
      "Client: ('127.0.0.1', 53554) did not download the file 'test.txt'",
    );
  }
  assertEquals(text.line({ ...seed, answer: "accepted" }), undefined);
});

Deno.test("ledgerFormats knows a ledger by its first line", { permissions }, () => {
  const sentence = text.line(entry) ?? "";
  assertEquals([csv.isLedger(csv.header ?? ""), csv.isLedger(sentence)], [true, false]);
  assertEquals([text.isLedger(sentence), text.isLedger(csv.header ?? "")], [true, false]);
});

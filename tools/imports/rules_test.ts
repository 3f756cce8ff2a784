import { assertEquals } from "@std/assert";
import { check } from "./rules.ts";

/** What is found, as `line: message`. */
function found(path: string, source: string): string[] {
  return check(path, source).map(({ line, message }) => `${line}: ${message}`);
}

const sharedOnly = "shared/ may import nothing from outside shared/";

Deno.test("check lets shared import itself, node:crypto and @std", () => {
  const source = `import { a } from "./a.ts";
    export * from "../errors.ts";
    import { createHash } from "node:crypto";
    import { join } from "@std/path";`;
  assertEquals(found("shared/messages/b.ts", source), []);
});

Deno.test("check keeps shared from the rest of the project", () => {
  const source = `import { Peer } from "../peer/peer.ts";
import type { Clock } from '../tracker/mod.ts';
export { x } from "../tools/x.ts";`;
  assertEquals(found("shared/a.ts", source), [
    `1: ${sharedOnly}, not "peer/peer.ts"`,
    `2: ${sharedOnly}, not "tracker/mod.ts"`,
    `3: ${sharedOnly}, not "tools/x.ts"`,
  ]);
});

Deno.test("check keeps shared from other packages", () => {
  const source = `import fs from "node:fs";
    import fc from "fast-check";
    import "npm:left-pad";`;
  assertEquals(found("shared/a.ts", source), [
    `1: shared/ may use node:crypto and @std/*, not "node:fs"`,
    `2: shared/ may use node:crypto and @std/*, not "fast-check"`,
    `3: shared/ may use node:crypto and @std/*, not "npm:left-pad"`,
  ]);
});

Deno.test("check keeps shared from system, console and clock", () => {
  const source = `Deno.readFileSync("x");
    console.log(1);
    const a = Date.now() + performance.now();
    const b = new Date();
    const c = new Date;`;
  assertEquals(found("shared/a.ts", source), [
    "1: shared/ must do without Deno",
    "2: shared/ must do without console",
    "3: shared/ must do without Date.now",
    "3: shared/ must do without performance",
    "4: shared/ must do without the present time",
    "5: shared/ must do without the present time",
  ]);
});

Deno.test("check lets shared make a date from a number", () => {
  assertEquals(found("shared/a.ts", "new Date(time); new Date(year, 0, 1);"), []);
});

Deno.test("check lets shared speak of Deno in comments and texts", () => {
  const source = `/** Like Deno.Conn. */
    // import "../peer/peer.ts"
    const a = "Deno.cwd() console";
    const b = \`Date.now() \${a.replace(/["'\`/]/g, "'")} new Date()\`;
    const c = a / 2 / Number("1");`;
  assertEquals(found("shared/a.ts", source), []);
});

Deno.test("check looks into the holes of templates", () => {
  const source = "const a = `a ${`b ${ {x: Deno.pid}.x } c`} Deno`; console";
  assertEquals(found("shared/a.ts", source), [
    "1: shared/ must do without Deno",
    "1: shared/ must do without console",
  ]);
});

Deno.test("check counts lines through comments and templates", () => {
  assertEquals(found("shared/a.ts", "/*\n\n*/ `\n${1}\n` //\n+ Deno.pid"), [
    "6: shared/ must do without Deno",
  ]);
});

Deno.test("check keeps the tracker from the peer", () => {
  assertEquals(found("tracker/a.ts", `import { b } from "../peer/b.ts";`), [
    `1: tracker/ may import from tracker/, net/ and shared/, not "peer/b.ts"`,
  ]);
  assertEquals(found("tracker/index/a.ts", `import { b } from "../../shared/mod.ts";`), []);
  assertEquals(found("tracker/a.ts", `import { b } from "../net/mod.ts";`), []);
});

Deno.test("check keeps net from both programs", () => {
  assertEquals(found("net/a.ts", `import { b } from "../shared/mod.ts";`), []);
  assertEquals(found("net/a.ts", `import { b } from "../tracker/mod.ts";`), [
    `1: net/ may import from net/ and shared/, not "tracker/mod.ts"`,
  ]);
});

Deno.test("check lets the peer see the tracker's face only", () => {
  assertEquals(found("peer/a.ts", `import { b } from "../tracker/mod.ts";`), []);
  assertEquals(found("peer/a.ts", `import { b } from "../tracker/server.ts";`), [
    `1: peer/ may import from peer/, net/, shared/ and tracker/mod.ts, not "tracker/server.ts"`,
  ]);
});

Deno.test("check finds dynamic imports, types of imports and workers", () => {
  const source = `await import("../tracker/a.ts");
    type B = import("../tracker/b.ts").B;
    new Worker(new URL("../tracker/c.ts", import.meta.url));
    import "../tracker/d.ts";`;
  assertEquals(found("peer/a.ts", source).map((line) => line.at(-5)), ["a", "b", "c", "d"]);
});

Deno.test("check keeps commander in the files of the command line", () => {
  const source = `import { Command } from "commander";`;
  for (const path of ["tracker/cli.ts", "tracker/main.ts", "peer/options.ts", "peer/main.ts"]) {
    assertEquals(found(path, source), []);
  }
  assertEquals(found("peer/commands/get.ts", source), []);
  const fault = ["1: commander belongs to the files of the command line"];
  assertEquals(found("peer/output.ts", source), fault);
  assertEquals(found("tracker/server.ts", source), fault);
});

Deno.test("check keeps sources from test code", () => {
  const source = `import { a } from "./a_test.ts";
    import { b } from "../shared/testing/lines.ts";
    import { c } from "../tests/support/network.ts";`;
  assertEquals(found("peer/x.ts", source), [
    `1: "peer/a_test.ts" is there for tests only`,
    `2: "shared/testing/lines.ts" is there for tests only`,
    `3: "tests/support/network.ts" is there for tests only`,
  ]);
});

Deno.test("check lets tests and tools import anything", () => {
  const source = `import { a } from "../tracker/server.ts"; import "commander"; Deno.pid;`;
  for (const path of ["tests/a_test.ts", "tools/a.ts", "peer/a_test.ts", "shared/testing/a.ts"]) {
    assertEquals(found(path, source), []);
  }
});

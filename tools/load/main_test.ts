import { assert, assertEquals } from "@std/assert";
import { scriptCommand } from "../bench/programs.ts";

const few = ["--sessions", "3", "--files", "40", "--searchers", "2", "--seconds", "1", "--json"];

/** Runs the program to its end; returns what it printed. */
async function load(...args: string[]): Promise<Record<string, Record<string, unknown>>[]> {
  const [program = "", ...rest] = scriptCommand("tools/load/main.ts");
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...rest, ...few, ...args],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  assertEquals([code, decoder.decode(stderr)], [0, ""]);
  return decoder.decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test("load lets peers announce, change and search over TLS, and others vanish", async () => {
  const rate = ["--rate", "40", "--churn", "5000", "--vanish", "4"];
  const [report, vanishing] = await load("--tls", ...rate);
  assertEquals([report?.["announced"]?.["sessions"], report?.["announced"]?.["files"]], [3, 120]);
  assertEquals(report?.["searched"]?.["unanswered"], 0);
  const all = report?.["searched"]?.["all"] as Record<string, number>;
  assertEquals(all["count"], 40);
  assert(all["p50"] !== undefined && all["p50"] > 0 && all["p50"] <= (all["max"] ?? 0));
  assert(Number(report?.["changed"]) > 20);
  assertEquals([vanishing?.["sessions"], vanishing?.["files"]], [4, 80] as unknown[]);
  assertEquals(vanishing?.["cleaning"]?.["unanswered"], 0);
});

Deno.test("load searches as fast as it can, without a tracker, too", async () => {
  for (const way of ["--closed", "--direct"]) {
    const [report] = await load(way);
    assertEquals(report?.["announced"]?.["files"], 120);
    assert(Number(report?.["searched"]?.["perSecond"]) > 10);
  }
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type ErrorCode, exitCodes, LanyardError } from "../../shared/mod.ts";
import { judgeTracker } from "./tracker.ts";

const permissions = "none";
const joined = {
  name: "lab\u202e",
  endpoint: { host: "fe80::1%eth0", port: 2223 },
  encrypted: true,
  isNew: false,
  words: "a b c d",
};

Deno.test("judgeTracker says who it is, where, and whether it is remembered", {
  permissions,
}, () => {
  const [tracker, key] = judgeTracker(joined);
  assertEquals(tracker?.message, '"lab\\u{202e}" answers at [fe80::1%eth0]:2223');
  assertEquals([tracker?.verdict, key?.verdict], ["ok", "ok"]);
  const [, first] = judgeTracker({ ...joined, isNew: true });
  assertStringIncludes(first?.message ?? "", "a b c d");
  const [, plain] = judgeTracker({ ...joined, encrypted: false });
  assertEquals([plain?.verdict, plain?.remedy], ["warning", "Leave out --plain"]);
});

Deno.test("judgeTracker has a remedy for whatever goes wrong", { permissions }, () => {
  for (const code of Object.keys(exitCodes) as ErrorCode[]) {
    const [finding, ...others] = judgeTracker({ error: new LanyardError(code, "It is wrong") });
    assertEquals(others, []);
    assertEquals(finding?.name, code === "wrong-key" ? "key" : "tracker");
    assertEquals([finding?.verdict, finding?.message], ["problem", "It is wrong"]);
    assert((finding?.remedy ?? "").length > 5, code);
  }
});

Deno.test("judgeTracker takes what to do from an error that says it", { permissions }, () => {
  const error = new LanyardError("unreachable", "Nobody answered.\nDo this.\nOr that");
  assertEquals(judgeTracker({ error }), [{
    name: "tracker",
    verdict: "problem",
    message: "Nobody answered.",
    remedy: "Do this.\nOr that",
  }]);
});

import { assertEquals, assertMatch } from "@std/assert";
import { judgeCall, judgeReach } from "./reach.ts";

const permissions = "none";

Deno.test("judgeReach says whether others can connect, and to what", { permissions }, () => {
  const at = { port: 2224, isSharing: false };
  const verdict = (outcome: "reachable" | "blocked" | "silent"): unknown =>
    judgeReach({ ...at, outcome }).verdict;
  assertEquals(["reachable", "blocked", "silent"].map((one) => verdict(one as "silent")), [
    "ok",
    "problem",
    "warning",
  ]);
  const { message, remedy } = judgeReach({ outcome: "blocked", port: 2230, isSharing: true });
  assertMatch(message, /port 2230, on which this machine shares/);
  assertMatch(remedy ?? "", /TCP port 2230/);
  const untried = judgeReach({ outcome: "untried", why: "it shares nothing" });
  assertEquals(untried.verdict, "warning");
  assertMatch(untried.message, /shares nothing/);
});

Deno.test("judgeCall says whether calls get through", { permissions }, () => {
  assertEquals(judgeCall(undefined).verdict, "ok");
  const { verdict, message } = judgeCall(new Error("nobody came"));
  assertEquals(verdict, "problem");
  assertMatch(message, /nobody came/);
});

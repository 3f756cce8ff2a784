import { assertEquals, assertMatch } from "@std/assert";
import type { Hearing } from "../../net/discovery/mod.ts";
import { judgeHearing } from "./hearing.ts";
import { judgeNetwork } from "./network.ts";

const permissions = "none";

function hearing(outcome: Hearing["outcome"], way: Hearing["way"] = "broadcast"): Hearing {
  return { link: "eth0", way, outcome };
}

Deno.test("judgeNetwork lists the interfaces, and misses them", { permissions }, () => {
  const all = ["eth0 (10.0.0.2, IPv6)", "wlan0 (10.1.0.2)"];
  assertEquals(judgeNetwork(all), { name: "network", verdict: "ok", message: all.join(", ") });
  assertEquals(judgeNetwork([]).verdict, "problem");
  assertMatch(judgeNetwork([]).remedy ?? "", /cable/);
});

Deno.test("judgeHearing is content if every way is heard", { permissions }, () => {
  const { verdict, message } = judgeHearing([
    hearing("heard"),
    hearing("heard", "multicast DNS"),
    hearing("heard", "IPv6 multicast"),
  ]);
  assertEquals(verdict, "ok");
  assertEquals(message, "broadcast, multicast DNS and IPv6 multicast can be sent and heard");
  assertEquals(judgeHearing([]).verdict, "ok");
});

Deno.test("judgeHearing warns of what is not heard, and of what cannot be used", {
  permissions,
}, () => {
  const { verdict, message, remedy } = judgeHearing([
    hearing("heard"),
    hearing("not heard", "multicast DNS"),
    hearing("refused", "IPv6 multicast"),
  ]);
  assertEquals(verdict, "warning");
  assertEquals(
    message,
    "IPv6 multicast cannot be used on eth0, multicast DNS is not heard on eth0",
  );
  assertMatch(remedy ?? "", /UDP ports 2223 and 5353/);
});

Deno.test("judgeHearing has a problem if no way can be used", { permissions }, () => {
  const { verdict, remedy } = judgeHearing([hearing("refused"), hearing("refused")]);
  assertEquals(verdict, "problem");
  assertMatch(remedy ?? "", /--tracker HOST/);
});

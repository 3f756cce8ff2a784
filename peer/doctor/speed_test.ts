import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import type { TrackerClient } from "../tracker_client/mod.ts";
import { judgeSpeed, measure } from "./speed.ts";

const permissions = "none";

Deno.test("judgeSpeed warns of a network that is slow for a local one", { permissions }, () => {
  const verdict = (roundTrip: number, rate: number): unknown =>
    judgeSpeed({ roundTrip, rate }).verdict;
  assertEquals(verdict(0.3, 5e7), "ok");
  assertEquals(verdict(250, 5e7), "warning");
  assertEquals(verdict(5, 2e5), "warning");
  const { message } = judgeSpeed({ roundTrip: 0.34, rate: 5.5e7 });
  assertMatch(message, /takes 0\.3 ms; it takes at least 55\.0 MB a second/);
});

Deno.test("measure sends what changes nothing, and not too much of it at a time", async () => {
  const verbs = new Map<string, number>();
  let underWay = 0;
  let most = 0;
  const request = async ({ verb }: { verb: string }): Promise<never> => {
    verbs.set(verb, (verbs.get(verb) ?? 0) + 1);
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve));
    underWay--;
    return { verb: "OK" } as never;
  };
  const client = { request } as unknown as Pick<TrackerClient, "request">;
  const { roundTrip, rate } = await measure(client);
  assert(roundTrip > 0 && rate > 0);
  assertEquals([...verbs.keys()], ["PING", "UNSHARE"]);
  assertLess(most, 9);
});

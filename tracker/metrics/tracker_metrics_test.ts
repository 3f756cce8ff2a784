import { assertEquals, assertRejects } from "@std/assert";
import { parseExposition } from "../../tests/support/exposition.ts";
import { aMember, aYard, Dialled } from "../_fakes.ts";
import { exposition } from "./exposition.ts";
import { report } from "./report.ts";
import type { Standing } from "./standing.ts";
import { TrackerMetrics } from "./tracker_metrics.ts";

const permissions = "none";

const standing: Standing = {
  sessions: { encrypted: 1, plain: 2, classic: 3 },
  lost: 4,
  members: 5,
  files: 6,
  connections: 7,
  queuedBytes: 8,
  turnedAway: 9,
  sentAway: 10,
};
const program = { version: "1.2.3", uptime: 12.5, memory: 1e8 };

function values(metrics: TrackerMetrics): Map<string, number> {
  return parseExposition(exposition(report(metrics, standing, program))).values;
}

Deno.test("TrackerMetrics measures searches and counts all requests, also those that fail", {
  permissions,
}, async () => {
  let now = 0;
  const metrics = new TrackerMetrics(() => now);
  for (const ms of [0, 0.5, 30, 7000]) {
    // deno-lint-ignore require-await -- what is served is asynchronous
    await metrics.serve("SEARCH", async () => {
      now += ms;
    });
  }
  await assertRejects(() => metrics.serve("LIST", () => Promise.reject(new RangeError())));
  const told = values(metrics);
  assertEquals(told.get('lanyard_requests_total{verb="SEARCH"}'), 4);
  assertEquals(told.get('lanyard_requests_total{verb="LIST"}'), 1);
  assertEquals(told.get('lanyard_requests_total{verb="PING"}'), 0);
  const bucket = (le: string): number | undefined =>
    told.get(`lanyard_search_duration_seconds_bucket{le="${le}"}`);
  const bounds = ["0.0005", "0.025", "0.05", "5", "+Inf"];
  assertEquals(bounds.map(bucket), [2, 2, 3, 3, 4]);
  assertEquals(told.get("lanyard_search_duration_seconds_count"), 4);
  assertEquals(metrics.recentSearches.count, 4);
});

Deno.test("report tells how everything stands", { permissions }, () => {
  const told = values(new TrackerMetrics());
  assertEquals(told.get('lanyard_build_info{version="1.2.3"}'), 1);
  assertEquals(told.get("lanyard_uptime_seconds"), 12.5);
  assertEquals(told.get("process_resident_memory_bytes"), 1e8);
  const kinds = ["encrypted", "plain", "classic"].map((kind) =>
    told.get(`lanyard_sessions{kind="${kind}"}`)
  );
  assertEquals(kinds, [1, 2, 3]);
  const names = ["lost_sessions", "members", "files", "connections", "queued_bytes"];
  assertEquals(names.map((name) => told.get(`lanyard_${name}`)), [4, 5, 6, 7, 8]);
  assertEquals(told.get("lanyard_connections_refused_total"), 9);
  assertEquals(told.get("lanyard_connections_evicted_total"), 10);
});

Deno.test("hostile 38 39: whatever remotes say, the metrics have the same lines", {
  permissions,
}, async () => {
  const yard = aYard();
  const { metrics } = yard.registry.options;
  const said = [
    ...["GET / HTTP/1.1", "NOPE {}", "HELLO", "HELLO {}", `X${"Y".repeat(1000)} {}`],
    `HELLO {"version":2,"name":"__proto__","port":0}\nPING\nconstructor {}\nBYE\n`,
    `HELLO {"version":2,"name":"a","port":0}\nSEARCH {"text":"a"}\nZZZ {}\nYYY\nXXX\n!\n`,
  ];
  const flood = async (): Promise<string[]> => {
    for (const text of said) {
      const dialled = new Dialled(yard);
      dialled.say(`${text}\n`);
      await dialled.leave();
    }
    return [...values(metrics).keys()];
  };
  const lines = await flood();
  assertEquals(await flood(), lines);
  assertEquals(metrics.errors.get("syntax") > 0, true);
  assertEquals(metrics.errors.get("unsupported") > 0, true);
});

Deno.test("TrackerMetrics tells nothing of what was searched for, nor by whom", {
  permissions,
}, async () => {
  const yard = aYard();
  const secret = await aMember(yard, { name: "secret name" });
  await secret.search("secret text");
  const { metrics } = yard.registry.options;
  assertEquals(/secret|192\.0\.2/.test(exposition(report(metrics, standing, program))), false);
});

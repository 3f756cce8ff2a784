import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { scrape } from "./support/operator.ts";

Deno.test("hostile 53: a tracker that is restarted knows who comes back, and its metrics begin anew", async () => {
  await using temp = new TempFolder();
  await using state = new TempFolder();
  const kept = ["--state", state.path, "--index", `sqlite:${join(state.path, "index.sqlite")}`];
  await using first = await startTracker(kept);
  await using ana = await startShare(first.link, [await temp.write("film.mp4", "a film")]);
  await using visitor = new Visitor(first.link);
  const search = ["search", "film"] as const;
  assertEquals((await visitor.run(...search)).code, 0);
  first.program.kill("SIGTERM");
  assertEquals((await first.program.end()).code, 143);

  const ports = ["--port", `${first.port}`, "--tls-port", `${first.tlsPort}`];
  await using second = await startTracker([...kept, ...ports]);
  const { peer } = ana.ready;
  const back = await second.program.line(({ event, ...line }) =>
    event === "joined" && line["peer"] === peer
  );
  assertEquals(back["known"], true);
  assertEquals((await visitor.run(...search)).code, 0);
  const { values } = await scrape({ state });
  assertEquals(values.get("lanyard_search_duration_seconds_count"), 1);
  assertEquals(values.get("lanyard_lost_sessions"), 0);
  assertEquals(values.get('lanyard_requests_total{verb="SHARE"}'), 1, "that of the visitor");
});

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { canMakeNamespaces, TwoMachines } from "./support/namespaces.ts";
import {
  joining,
  noise,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { runPeer } from "./support/program.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { announce, assertContent, Served, verified } from "./support/served.ts";
import { eventually, patience } from "./support/waiting.ts";

/** Milliseconds until a peer that is gone must be gone from search results. */
const soon = 2000;
/** Milliseconds in which peers come back to a tracker that was restarted. */
const back = 10_000;

/** A connection that may search: it shares something of its own. */
function searcher(trackerPort: number): Promise<RawConnection> {
  return announce(trackerPort, 0, { "the searcher's.txt": new Uint8Array(1) });
}

/** The paths that a search finds, each as often as it has sources. */
async function found(session: RawConnection, text: string): Promise<string[]> {
  const { files = [] } = await session.request("SEARCH", { text, limit: 50 });
  return (files as { path: string; sources: unknown[] }[])
    .flatMap(({ path, sources }) => sources.map(() => path)).sort();
}

/** Resolves when a search finds exactly these paths. */
async function finds(
  session: RawConnection,
  text: string,
  paths: readonly string[],
  ms = patience,
): Promise<void> {
  let last: string[] = [];
  const fits = async (): Promise<true | undefined> => {
    last = await found(session, text);
    return last.join() === paths.join() || undefined;
  };
  await eventually(fits, ms, `a search for ${text} to find ${paths}`)
    .catch((cause) => Promise.reject(new Error(`It found ${last}`, { cause })));
}

Deno.test("hostile 35: the files of a killed peer leave the search within 2 s", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  await folder.write("ana/film one.mp4", "one");
  await folder.write("ben/film two.mp4", "two");
  await using ana = await startShare(tracker.address, [join(folder.path, "ana")]);
  await using _ben = await startShare(tracker.address, [join(folder.path, "ben")]);
  using session = await searcher(tracker.port);
  assertEquals(await found(session, "film"), ["ana/film one.mp4", "ben/film two.mp4"]);

  ana.program.kill("SIGKILL");
  await finds(session, "film", ["ben/film two.mp4"], soon);
  const { peers } = await session.request("PEERS");
  assertEquals((peers as unknown[]).length, 2, "ben and the searcher");
  const left = await tracker.program.event("left");
  assertEquals([left["peer"], left["reason"]], [ana.ready["peer"], "lost"]);
});

Deno.test("hostile 35: a peer that hangs leaves the search, and comes back by itself", async () => {
  await using tracker = await startTracker(["--idle-timeout", "4"]);
  await using folder = new TempFolder();
  await folder.write("ana/film one.mp4", "one");
  await folder.write("ben/film two.mp4", "two");
  await using ana = await startShare(tracker.address, [join(folder.path, "ana")]);
  await using ben = await startShare(tracker.address, [join(folder.path, "ben")]);
  using session = await searcher(tracker.port);

  ana.program.kill("SIGSTOP");
  await finds(session, "film", ["ben/film two.mp4"]);
  ana.program.kill("SIGCONT");
  await finds(session, "film", ["ana/film one.mp4", "ben/film two.mp4"]);
  const left = tracker.program.lines.filter(({ event }) => event === "left");
  const mine = left.filter(({ peer }) => peer === ana.ready["peer"]);
  assertEquals(mine.map(({ reason }) => reason), ["idle"]);
  assertEquals(left.filter(({ peer }) => peer === ben.ready["peer"]), [], "ben was here all along");
});

Deno.test("peers outlive an idle timeout that is shorter than their usual pause", async () => {
  await using tracker = await startTracker(["--idle-timeout", "3"]);
  await using folder = new TempFolder();
  await folder.write("ana/film.mp4", "one");
  await using ana = await startShare(tracker.address, [join(folder.path, "ana")]);
  // Somebody who never says a word again shows that the time is up; twice, to be sure.
  for (let round = 0; round < 2; round++) {
    using mute = await searcher(tracker.port);
    await mute.rest();
  }
  using session = await searcher(tracker.port);
  assertEquals(await found(session, "film"), ["ana/film.mp4"]);
  const left = tracker.program.lines.filter(({ event }) => event === "left");
  assertEquals(left.length, 2);
  assert(left.every(({ peer }) => peer !== ana.ready["peer"]));
});

Deno.test("hostile 53: peers come back to a tracker that was killed and started again", async () => {
  await using folder = new TempFolder();
  await folder.write("ana/film one.mp4", "one");
  await folder.write("ben/film two.mp4", "two");
  await using first = await startTracker();
  const { port } = first;
  await using ana = await startShare(first.address, [join(folder.path, "ana")]);
  await using _ben = await startShare(first.address, [join(folder.path, "ben")]);
  first.program.kill("SIGKILL");
  await first.program.end();
  const nobody = await runPeer(["search", "film", ...joining(first.address), "--json"], {
    env: { LANYARD_STATE: await folder.folder("state") },
  });
  assertEquals([nobody.code, nobody.lines.at(-1)?.["code"]], [1, "unreachable"]);
  await folder.write("ana/film three.mp4", "what changes meanwhile is not lost");
  await ana.program.line(({ event, path }) => event === "changed" && path === "ana/film three.mp4");

  await using second = await startTracker(["--port", String(port)]);
  using session = await searcher(second.port);
  const everything = ["ana/film one.mp4", "ana/film three.mp4", "ben/film two.mp4"];
  await finds(session, "film", everything, back);
  await using visitor = new Visitor(second.address);
  const out = await folder.folder("out");
  const got = await visitor.run("get", "film two.mp4", "-o", out);
  assertEquals(got.code, 0, got.stdout);
  assertEquals(await Deno.readTextFile(join(out, "film two.mp4")), "two");
});

Deno.test("hostile 53: a download goes on when the tracker is killed", async () => {
  const content = noise(24 * 1024 * 1024);
  await using served = await Served.start({ "film.bin": content }, { rate: 12e6 }, { rate: 12e6 });
  await using out = new TempFolder();
  await using download = await served.get("film.bin", "-o", out.path);
  await verified(download, content.length / 4);
  served.tracker.program.kill("SIGKILL");
  const { code, stdout, stderr, lines } = await download.end();
  assertEquals([code, stderr], [0, ""], stdout);
  assertEquals(lines.at(-1)?.["sources"], 2);
  await assertContent(join(out.path, "film.bin"), content);
});

Deno.test({
  name: "hostile 35: the files of a machine whose cable is pulled leave after the idle timeout",
  ignore: !await canMakeNamespaces(),
  fn: async () => {
    await using machines = await TwoMachines.start();
    const { a, b } = machines;
    await using tracker = await startTracker(["--idle-timeout", "4"], { prefix: a.prefix });
    await using folder = new TempFolder();
    await folder.write("ana/film one.mp4", "one");
    await folder.write("ben/film two.mp4", "two");
    const address = `${a.ipv4}:${tracker.port}`;
    await using ana = await startShare(address, [join(folder.path, "ana")], [], b);
    await using _ben = await startShare(tracker.address, [join(folder.path, "ben")], [], a);
    await using visitor = new Visitor(tracker.address, { prefix: a.prefix });
    const search = async (): Promise<unknown[]> =>
      (await visitor.run("search", "film")).lines.map(({ path }) => path).sort();
    assertEquals(await search(), ["ana/film one.mp4", "ben/film two.mp4"]);

    await machines.cable(b, "down");
    const isAna = ({ event, peer }: Record<string, unknown>): boolean =>
      event === "left" && peer === ana.ready["peer"];
    assertEquals((await tracker.program.line(isAna))["reason"], "idle");
    assertEquals(await search(), ["ben/film two.mp4"]);

    await machines.cable(b, "up");
    const isBack = async (): Promise<true | undefined> =>
      (await search()).length === 2 || undefined;
    await eventually(isBack, patience, "the machine to come back");
  },
});

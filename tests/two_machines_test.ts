import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { canMakeNamespaces, type Machine, TwoMachines } from "./support/namespaces.ts";
import { noise, type RunningShare, startShare, TempFolder, Visitor } from "./support/network.ts";
import { assertContent } from "./support/served.ts";

const ignore = !await canMakeNamespaces();

/** Shares a folder on a machine that is the tracker, too. */
async function shareAndTrack(machine: Machine, folder: string): Promise<RunningShare> {
  const hosting = ["--host-tracker", "--tracker-port", "0", "--tracker-tls-port", "0"];
  return await startShare("127.0.0.1", [folder], hosting, { prefix: machine.prefix });
}

function trackerPort({ ready }: RunningShare): number {
  return (ready["tracker"] as { port: number }).port;
}

/** The ways in which one machine can name the other. */
const ways = [
  { name: "IPv4", host: ({ ipv4 }: Machine) => ipv4, source: ({ ipv4 }: Machine) => ipv4 },
  { name: "IPv6", host: ({ ipv6 }: Machine) => `[${ipv6}]`, source: ({ ipv6 }: Machine) => ipv6 },
  {
    name: "link-local IPv6",
    host: ({ linkLocal }: Machine) => `[${linkLocal}%veth0]`,
    source: ({ linkLocal }: Machine) => linkLocal,
  },
];

for (const { name, host, source } of ways) {
  Deno.test({
    name: `two machines without a gateway: what one shares and tracks, the other gets over ${name}`,
    ignore,
    fn: async () => {
      await using machines = await TwoMachines.start();
      const { a, b } = machines;
      await using folder = new TempFolder();
      const content = noise(3_000_001);
      await folder.write("docs/lecture.pdf", content);
      await using ana = await shareAndTrack(a, join(folder.path, "docs"));
      const tracker = `${host(a)}:${trackerPort(ana)}`;
      await using visitor = new Visitor(tracker, { prefix: b.prefix });

      const found = await visitor.run("search", "lecture");
      assertEquals(found.code, 0, found.stdout);
      const [record] = found.lines;
      const [seen] = record?.["sources"] as Record<string, unknown>[];
      assertEquals([seen?.["address"], seen?.["port"]], [source(a), ana.ready["port"]]);

      const out = await folder.folder("out");
      const got = await visitor.run("get", "lecture.pdf", "-o", out);
      assertEquals(got.code, 0, got.stdout);
      assertEquals(got.lines.at(-1)?.["received"], content.length);
      await assertContent(join(out, "lecture.pdf"), content);
      assertEquals((await ana.program.event("upload"))["address"], source(b));
    },
  });

  Deno.test({
    name: `two machines without a gateway: what the guest shares over ${name} is reached by both`,
    ignore,
    fn: async () => {
      await using machines = await TwoMachines.start();
      const { a, b } = machines;
      await using folder = new TempFolder();
      const content = noise(1_000_001);
      await folder.write("docs/of the host.txt", "the host's");
      await folder.write("films/guest film.mp4", content);
      await using ana = await shareAndTrack(a, join(folder.path, "docs"));
      const port = trackerPort(ana);
      await using ben = await startShare(`${host(a)}:${port}`, [join(folder.path, "films")], [], b);
      assertEquals((await ben.program.event("reachable"))["ok"], true);

      // The tracker's own machine names itself as the guest does, or by its loopback.
      for (const tracker of [`${host(a)}:${port}`, `127.0.0.1:${port}`]) {
        await using visitor = new Visitor(tracker, { prefix: a.prefix });
        const out = await folder.folder(`out/${tracker.slice(0, 4)}`);
        const got = await visitor.run("get", "guest film.mp4", "-o", out);
        assertEquals(got.code, 0, got.stdout);
        await assertContent(join(out, "guest film.mp4"), content);
      }
      await using beside = new Visitor(`${host(a)}:${port}`, { prefix: b.prefix });
      const out = await folder.folder("out/beside");
      const got = await beside.run("get", "guest film.mp4", "-o", out);
      assertEquals(got.code, 0, got.stdout);
      await assertContent(join(out, "guest film.mp4"), content);
    },
  });
}

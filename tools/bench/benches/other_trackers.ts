import type { Measured } from "../bench.ts";
import type { Lab } from "../lab.ts";
import { startQuietTracker } from "../lanyard.ts";
import { BusyTracker } from "../load/busy_tracker.ts";
import { corpusFile } from "../load/corpus.ts";
import { plainCrowd } from "../load/crowd.ts";
import { openFilesLimit } from "../load/open_files.ts";
import { askOnce, type Flood, flood } from "../load/request_flood.ts";
import { request } from "../load/requests.ts";
import { compared, type Result } from "../result.ts";
import { announceRequest, startOpentracker } from "../rivals/opentracker.ts";
import { missing } from "../rivals/tool.ts";
import { firstWords, startUhub } from "../rivals/uhub.ts";
import { Trial } from "../trial.ts";
import { units } from "../units.ts";
import { residentMemory } from "../usage.ts";

/** Clients that ask at the same time. */
const clients = 64;
/** Clients that connect at the same time. */
const atOnce = 64;
/** Milliseconds after which a server has done what connecting takes. */
const calm = 1000;

/** What connected clients cost a server. */
interface Held {
  /** Bytes. */
  memory: number;
  perSecond: number;
}

const appendix = `A tracker of BitTorrent and a hub of Direct Connect do half of the same each.
opentracker knows who has which content, by its hash: it keeps no names, finds nothing by them, and
closes a connection after its answer, so that nobody is connected. That takes it a fraction of the
time and some 15 bytes for each peer, and over UDP less still: where a content's hash is known and
there are millions of peers, it is the better one. uhub keeps clients connected, in C and in less
memory for each; it has no index: a search goes to every client, which looks through its own files,
so its cost grows with clients times searches, and what nobody answers in time is not found. Ours
keeps the connection, the names and who has what, so that one search asks one program. The clients
of uhub have not logged in here, which takes hashes of a kind of its own; ours have greeted and
share a file.`;

/** Requests, and clients that stay connected, beside two programs that do part of it. */
export async function otherTrackers(lab: Lab): Promise<Measured> {
  const { sessions } = lab.sizes;
  const [noTorrents, noHub] = [missing("opentracker"), missing("uhub")];
  await openFilesLimit(4 * sessions + 1000);
  const asked = new Trial("requests for sources", () => floodOurs(lab));
  const announced = noTorrents === undefined
    ? new Trial("announces at opentracker", () => floodTheirs(lab))
    : undefined;
  const ours = new Trial("connected clients", () => holdOurs(lab));
  const hub = noHub === undefined ? new Trial("clients of uhub", () => holdTheirs(lab)) : undefined;
  await lab.interleave("index", asked, announced, ours, hub);
  const many = sessions.toLocaleString("en");
  const { perSecond, microseconds, megabytes } = units;
  const row = <T>(
    name: string,
    unit: (value: number) => string,
    [own, other, reason]: [Trial<T>, Trial<T> | undefined, string | undefined],
    of: (figure: T) => number,
  ): Result => compared(name, unit, own.figures.map(of), other?.figures.map(of) ?? reason ?? "");
  const requests: [Trial<Flood>, Trial<Flood> | undefined, string | undefined] = [
    asked,
    announced,
    noTorrents,
  ];
  const holding: [Trial<Held>, Trial<Held> | undefined, string | undefined] = [ours, hub, noHub];
  const sources = "index: SOURCES (÷ opentracker, announce over HTTP)";
  const held = `index: ${many} clients (÷ uhub, before login)`;
  return {
    results: [
      row(sources, perSecond, requests, (flood) => flood.perSecond),
      row(`${sources}, processor time`, microseconds, requests, ({ cpu }) => cpu * 1e6),
      row(`${held}, memory`, megabytes, holding, ({ memory }) => memory),
      row(`${held}, connected`, perSecond, holding, (held) => held.perSecond),
    ],
    appendix,
  };
}

async function floodOurs(lab: Lab): Promise<Flood> {
  await using busy = await BusyTracker.start(lab);
  await busy.announce(lab.sizes.indexed);
  const members = await Promise.all(Array.from({ length: clients }, () => busy.joinAsMember()));
  const asks = members.map((client) => async (number: number): Promise<void> => {
    const { id, size } = corpusFile(number % lab.sizes.indexed);
    const { answers } = client;
    await client.send(request("SOURCES", { id, size }));
    await client.answered(answers + 1);
  });
  return await flood(busy.child.pid, asks, lab.sizes.seconds);
}

async function floodTheirs(lab: Lab): Promise<Flood> {
  const { child, port } = await startOpentracker(lab);
  await using _server = child;
  const ask = (number: number): Promise<void> => askOnce(port, announceRequest(number));
  return await flood(child.pid, Array(clients).fill(ask), lab.sizes.seconds);
}

async function holdOurs(lab: Lab): Promise<Held> {
  await using tracker = await startQuietTracker(lab, "--idle-timeout", "3600");
  using doorbell = plainCrowd.openDoorbell();
  return await hold(
    lab,
    tracker.child.pid,
    (number) => plainCrowd.join(tracker, number, doorbell.port),
  );
}

async function holdTheirs(lab: Lab): Promise<Held> {
  const { child, port } = await startUhub(lab);
  await using _server = child;
  return await hold(lab, child.pid, async () => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(firstWords);
    await connection.read(new Uint8Array(1024));
    return connection;
  });
}

async function hold(
  { sizes: { sessions } }: Lab,
  pid: number,
  connect: (number: number) => Promise<Disposable>,
): Promise<Held> {
  using connections = new DisposableStack();
  const start = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < sessions) connections.use(await connect(next++));
  }));
  const perSecond = sessions / ((performance.now() - start) / 1000);
  await new Promise((resolve) => setTimeout(resolve, calm));
  return { memory: residentMemory(pid), perSecond };
}

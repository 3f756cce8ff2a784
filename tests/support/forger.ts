/**
 * Somebody on a network who means no good, as a program of its own. The first argument says how; a
 * line `{"event":"ready"}` when it is at it. It runs until it is killed, unless it has a result.
 *
 * - `crowd`: is a thousand trackers.
 * - `double NAME ID`: says that this tracker is here.
 * - `noise`: says anything to everybody, on the ports of discovery.
 * - `ask ADDRESS`: asks in ways that are not answered, and then more often than it should; prints
 *   how many answers came: `{"event":"answers","short":…,"privileged":…,"often":…}`.
 */
import { Buffer } from "node:buffer";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { decodeQuestion, encodeAnswer, encodeQuestion } from "../../net/discovery/datagrams.ts";
import { Mdns } from "../../net/discovery/mdns.ts";
import { group, type Ipv4Link, linksOf } from "../../net/discovery/links.ts";
import { Dice } from "./dice.ts";

const port = 2223;
const mdns = { port: 5353, group: "224.0.0.251" };
const [mode = "", ...rest] = Deno.args;
const links = linksOf(Deno.networkInterfaces());
const link = links.find((one): one is Ipv4Link => one.family === "IPv4" && one.name === "eth0");
if (link === undefined) throw new Error("There is no network");
const dice = new Dice(47);

function tell(event: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(event)}\n`));
}

/** Opens a socket; `heard` is told of what comes. */
async function open(
  at: { port: number; address?: string; shared?: boolean },
  heard: (bytes: Buffer, from: RemoteInfo) => void = () => {},
): Promise<Socket> {
  const type = at.address?.includes(":") ? "udp6" : "udp4";
  const socket = createSocket({ type, reuseAddr: at.shared ?? false, ipv6Only: type === "udp6" });
  socket.on("message", heard);
  socket.on("error", () => {}); // Nobody is told that he could not be reached.
  await new Promise<void>((resolve) => socket.bind(at, () => resolve()));
  return socket;
}

function madeUp(number: number): { name: string; id: string; port: number; tlsPort: number } {
  const id = number.toString(16).padStart(64, "0");
  return { name: `tracker ${number}`, id, port: 2222, tlsPort: 2223 };
}

/** Has every question answered, over both kinds of IP. */
async function answer(make: (nonce: string) => Iterable<Uint8Array>): Promise<void> {
  const zone = `%${link?.name}`;
  for (const address of ["0.0.0.0", `${group}${zone}`]) {
    const socket = await open({ port, address, shared: true }, (bytes, from) => {
      const nonce = decodeQuestion(bytes);
      if (nonce === undefined) return;
      const to = address === "0.0.0.0" ? from.address : `${from.address}${zone}`;
      for (const datagram of make(nonce)) socket.send(Buffer.from(datagram), from.port, to);
    });
    if (address !== "0.0.0.0") socket.addMembership(group, `::${zone}`);
  }
}

/** A thousand trackers, of which some are announced by multicast DNS. */
async function crowd(): Promise<void> {
  await answer(function* (nonce): Generator<Uint8Array> {
    for (let at = 0; at < 1000; at++) yield encodeAnswer({ nonce, notice: madeUp(at) });
  });
  if (link === undefined) return;
  const speaker = await Mdns.load();
  for (let at = 1000; at < 1010; at++) speaker.publish(link, madeUp(at), () => {});
}

/** Says that a tracker is here. */
async function double([name = "", id = ""]: readonly string[]): Promise<void> {
  const notice = { name, id, port: 2222, tlsPort: 2223 };
  await answer((nonce) => [encodeAnswer({ nonce, notice })]);
}

/** Bytes that are nothing, or were something. */
function spoil(bytes: Uint8Array): Uint8Array {
  const spoilt = dice.once(4) ? dice.bytes(1 + dice.below(1400)) : bytes.slice();
  for (let times = dice.below(6); times > 0; times--) {
    spoilt[dice.below(spoilt.length)] = dice.below(256);
  }
  return dice.once(5) ? spoilt.subarray(0, dice.below(spoilt.length + 1)) : spoilt;
}

/** Sends back to everybody what it hears, spoilt, many times. */
async function noise(): Promise<void> {
  await answer(function* (nonce): Generator<Uint8Array> {
    const sound = encodeAnswer({ nonce, notice: madeUp(0) });
    yield encodeQuestion(nonce);
    yield new Uint8Array(9000);
    for (let times = 0; times < 300; times++) yield spoil(sound);
  });
  if (link === undefined) return;
  const { broadcast, address } = link;
  const speaker = await Mdns.load();
  speaker.publish(link, madeUp(1), () => {});
  const socket = await open({ ...mdns, address: "0.0.0.0", shared: true }, (bytes, from) => {
    if (from.address === address && !dice.once(20)) return; // Or it would only hear itself.
    for (let times = 0; times < 20; times++) {
      socket.send(Buffer.from(spoil(bytes)), mdns.port, mdns.group);
    }
  });
  socket.addMembership(mdns.group, address);
  socket.setMulticastInterface(address);
  const asking = await open({ port: 0 });
  asking.setBroadcast(true);
  const question = encodeQuestion("A".repeat(43));
  setInterval(() => {
    for (let times = 0; times < 20; times++) {
      asking.send(Buffer.from(spoil(question)), port, broadcast);
      socket.send(Buffer.from(spoil(question)), mdns.port, mdns.group);
    }
  }, 10);
}

/** Asks as one should until there is an answer: then whatever was asked before has had its turn. */
async function outlast(to: string): Promise<void> {
  let isOver = false;
  const socket = await open({ port: 0 }, () => isOver = true);
  while (!isOver) {
    socket.send(Buffer.from(encodeQuestion("A".repeat(43))), port, to);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  socket.close();
}

/** Counts the answers to some questions. */
async function count(
  from: number,
  questions: readonly Uint8Array[],
  to: string,
): Promise<number> {
  let answers = 0;
  const socket = await open({ port: from }, () => void answers++);
  for (const question of questions) socket.send(Buffer.from(question), port, to);
  await outlast(to);
  socket.close();
  return answers;
}

async function ask([to = ""]: readonly string[]): Promise<void> {
  const question = encodeQuestion("A".repeat(43));
  const short = await count(0, Array(20).fill(question.subarray(0, -1)), to);
  const privileged = await count(123, [question, question], to);
  const often = await count(0, Array(500).fill(question), to);
  tell({ event: "answers", short, privileged, often });
}

const modes: Record<string, (rest: readonly string[]) => Promise<void>> = {
  crowd,
  double,
  noise,
  ask,
};
await modes[mode]?.(rest);
tell({ event: "ready" });
if (mode === "ask") Deno.exit();

import { Buffer } from "node:buffer";
import { encodeBase64Url } from "@std/encoding";
import { defaultPorts, isLoopback } from "../../shared/mod.ts";
import { decodeQuestion, encodeQuestion } from "./datagrams.ts";
import { group, type Ipv4Link, type Ipv6Link, type Link } from "./links.ts";
import { type Datagram, Udp } from "./udp.ts";

/** The group and port of multicast DNS over IPv4 (RFC 6762, section 3). */
const mdns = { group: "224.0.0.251", port: 5353 };
/** Milliseconds in which something that this machine sends comes back to it. */
const patience = 1000;

/** A way in which trackers are asked for on a link. */
export type Way = "broadcast" | "multicast DNS" | "IPv6 multicast";

/** What became of something that was sent to everybody on a link, this machine included. */
export interface Hearing {
  /** The interface. */
  link: string;
  way: Way;
  /** `refused`: it could not be sent, or there was no listening for it. */
  outcome: "heard" | "not heard" | "refused";
}

/**
 * Sends something to everybody on each link, in each of our ways, and listens for it: who does not
 * even hear himself is kept from it by his own firewall or interface.
 */
export async function hearOurselves(links: readonly Link[]): Promise<Hearing[]> {
  const all = links.flatMap((link): Promise<Hearing>[] => {
    const { name } = link;
    if (link.family === "IPv6") return [tell(name, "IPv6 multicast", () => overIpv6(link))];
    if (isLoopback(link.address)) return [];
    return [
      tell(name, "broadcast", () => byBroadcast(link)),
      tell(name, "multicast DNS", () => byMdns(link)),
    ];
  });
  return await Promise.all(all);
}

async function tell(link: string, way: Way, attempt: () => Promise<boolean>): Promise<Hearing> {
  try {
    return { link, way, outcome: await attempt() ? "heard" : "not heard" };
  } catch {
    return { link, way, outcome: "refused" };
  }
}

async function byBroadcast(link: Ipv4Link): Promise<boolean> {
  const { discovery: port } = defaultPorts;
  return await overhear(
    (heard) => Udp.open({ family: "IPv4", port, shared: true, heard }),
    async () => {
      const { address, family } = link;
      const socket = await Udp.open({ family, address, port: 0, heard: () => {} });
      socket.configure((raw) => raw.setBroadcast(true));
      return socket;
    },
    { host: link.broadcast, port },
  );
}

async function overIpv6({ name, family }: Ipv6Link): Promise<boolean> {
  const { discovery: port } = defaultPorts;
  return await overhear(
    async (heard) => {
      const address = `${group}%${name}`;
      const socket = await Udp.open({ family, address, port, shared: true, heard });
      socket.configure((raw) => raw.addMembership(group, `::%${name}`));
      return socket;
    },
    async () => {
      const socket = await Udp.open({ family, port: 0, heard: () => {} });
      socket.configure((raw) => raw.setMulticastInterface(`::%${name}`));
      return socket;
    },
    { host: `${group}%${name}`, port },
  );
}

async function byMdns({ address, family }: Ipv4Link): Promise<boolean> {
  const { port } = mdns;
  return await overhear(
    async (heard) => {
      const socket = await Udp.open({ family, port, shared: true, heard });
      socket.configure((raw) => raw.addMembership(mdns.group, address));
      return socket;
    },
    async () => {
      const socket = await Udp.open({ family, address, port: 0, heard: () => {} });
      socket.configure((raw) => raw.setMulticastInterface(address));
      return socket;
    },
    { host: mdns.group, port },
  );
}

/** Whether what one socket sends to many is heard by another one of this machine. */
async function overhear(
  listen: (heard: (datagram: Datagram) => void) => Promise<Udp>,
  speak: () => Promise<Udp>,
  to: { host: string; port: number },
): Promise<boolean> {
  const nonce = encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  // Whoever else hears it and is no tracker takes it for nothing.
  const question = encodeQuestion(nonce);
  const heard = Promise.withResolvers<boolean>();
  const listening = await listen(({ bytes }) => {
    if (decodeQuestion(Buffer.from(bytes)) === nonce) heard.resolve(true);
  });
  const timer = setTimeout(() => heard.resolve(false), patience);
  try {
    const speaking = await speak();
    try {
      if (!await speaking.send(question, to.port, to.host)) throw new Error("It cannot be sent");
      return await heard.promise;
    } finally {
      speaking.close();
    }
  } finally {
    clearTimeout(timer);
    listening.close();
  }
}

import { Buffer } from "node:buffer";
import { createSocket, type RemoteInfo } from "node:dgram";
import { EventEmitter } from "node:events";
import type { AddressInfo } from "node:net";
import { Allowance } from "./allowance.ts";
import { type Ipv4Link, isNeighbour } from "./links.ts";

/** The label of our service, which stands in every packet that is of interest. */
const label = Buffer.from("_lanyard");
/** Bytes of the longest packet of multicast DNS (RFC 6762, section 17). */
const longestPacket = 9000;
/** Questions in a packet; each one is answered by itself, and ours is one or two. */
const mostQuestions = 8;
/** Bytes of the header; the number of questions is at 4. */
const headerBytes = 12;

type Sent = (error: Error | null, bytes?: number) => void;

/**
 * The socket that the library for multicast DNS speaks through on one link: it shows the library
 * only what is of interest, of machines on this link, and in moderation, because the library
 * believes everything and answers everybody, and whatever it throws would end the program.
 */
export class MdnsSocket extends EventEmitter {
  readonly #socket = createSocket({ type: "udp4", reuseAddr: true });
  readonly #link: Ipv4Link;
  readonly #heard = new Allowance({ each: 100, total: 1000 });
  readonly #sent = new Allowance({ each: 20, total: 20 });

  constructor(link: Ipv4Link) {
    super();
    this.#link = link;
    this.#socket.on("message", (packet, sender) => this.#take(packet, sender));
    this.#socket.on("error", (error) => this.emit("error", error));
    for (const event of ["listening", "close"] as const) {
      this.#socket.on(event, () => this.emit(event));
    }
  }

  bind(port: number, address: string, bound: () => void): void {
    this.#socket.bind(port, address, bound);
  }

  address(): AddressInfo {
    return this.#socket.address();
  }

  addMembership(group: string, address: string): void {
    this.#socket.addMembership(group, address);
  }

  dropMembership(group: string, address: string): void {
    this.#socket.dropMembership(group, address);
  }

  setMulticastInterface(address: string): void {
    this.#socket.setMulticastInterface(address);
  }

  setMulticastTTL(hops: number): void {
    this.#socket.setMulticastTTL(hops);
  }

  setMulticastLoopback(on: boolean): void {
    this.#socket.setMulticastLoopback(on);
  }

  /** Sends a packet, unless too many were sent in this second. */
  send(
    packet: Uint8Array,
    offset: number,
    length: number,
    port: number,
    address: string,
    sent: Sent = () => {},
  ): void {
    if (!this.#sent.take("")) return sent(null, 0);
    try {
      this.#socket.send(packet, offset, length, port, address, sent);
    } catch (error) {
      sent(error instanceof Error ? error : new Error(String(error)));
    }
  }

  close(closed?: () => void): void {
    this.#socket.close(closed);
  }

  #take(packet: Buffer, sender: RemoteInfo): void {
    if (!isOfInterest(packet) || !isNeighbour(sender.address, [this.#link])) return;
    if (!this.#heard.take(sender.address)) return;
    try {
      this.emit("message", packet, sender);
    } catch {
      // A packet that the library cannot bear is one that nobody means well with.
    }
  }
}

/** Whether a packet is about our service, and not one to make others send a lot. */
export function isOfInterest(packet: Buffer): boolean {
  return packet.length >= headerBytes && packet.length <= longestPacket &&
    packet.readUInt16BE(4) <= mostQuestions && packet.includes(label);
}

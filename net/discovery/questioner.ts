import { encodeBase64Url } from "@std/encoding";
import { defaultPorts, isLinkLocal } from "../../shared/mod.ts";
import { type Answer, decodeAnswer, encodeQuestion } from "./datagrams.ts";
import { group, isNeighbour, type Link } from "./links.ts";
import type { TrackerNotice } from "./tracker_notice.ts";
import { type Datagram, Udp } from "./udp.ts";

/** Milliseconds after which the question is asked: a datagram may get lost, and so may its answer. */
const askAfter = [0, 250, 1000];

/** Told of what a tracker says of itself, and of the address that sent it, with its zone. */
export type Heard = (notice: TrackerNotice, host: string) => void;

/** Asks everybody on some links where a tracker is, by datagrams of our own, until it is closed. */
export class Questioner {
  readonly #nonce = encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  readonly #question = encodeQuestion(this.#nonce);
  readonly #heard: Heard;
  readonly #sockets: Udp[] = [];
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  #closed = false;

  private constructor(heard: Heard) {
    this.#heard = heard;
  }

  /** Opens what it needs, which takes a moment, and asks. A link that cannot be used is left out. */
  static async start(links: readonly Link[], heard: Heard): Promise<Questioner> {
    const questioner = new Questioner(heard);
    await Promise.all(links.map((link) => questioner.#ask(link)));
    return questioner;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket.close();
  }

  async #ask(link: Link): Promise<void> {
    const heard = (datagram: Datagram): void => this.#take(link, datagram);
    let socket: Udp;
    try {
      socket = await open(link, heard);
    } catch {
      return; // The interface has gone down, or is of a kind that cannot send to many.
    }
    this.#sockets.push(socket);
    const all = link.family === "IPv4" ? link.broadcast : `${group}%${link.name}`;
    for (const ms of askAfter) {
      // What cannot be sent now may be sent later; if not, nobody answers, which is told.
      const ask = (): void => void socket.send(this.#question, defaultPorts.discovery, all);
      this.#timers.push(setTimeout(ask, ms));
    }
  }

  #take(link: Link, { bytes, host }: Datagram): void {
    if (this.#closed || !isNeighbour(host, [link])) return;
    const answer: Answer | undefined = decodeAnswer(bytes);
    if (answer?.nonce !== this.#nonce) return;
    this.#heard(answer.notice, isLinkLocal(host) ? `${host}%${link.name}` : host);
  }
}

/** Opens the socket for a link. */
async function open(link: Link, heard: (datagram: Datagram) => void): Promise<Udp> {
  const { family } = link;
  if (family === "IPv4") {
    const socket = await Udp.open({ family, address: link.address, port: 0, heard });
    socket.configure((raw) => raw.setBroadcast(true));
    return socket;
  }
  const socket = await Udp.open({ family, port: 0, heard });
  try {
    socket.configure((raw) => raw.setMulticastInterface(`::%${link.name}`));
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

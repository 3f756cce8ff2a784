import { defaultPorts } from "../../shared/mod.ts";
import { Allowance } from "./allowance.ts";
import { decodeQuestion, encodeAnswer } from "./datagrams.ts";
import { group, type Ipv4Link, type Ipv6Link, isNeighbour } from "./links.ts";
import type { TrackerNotice } from "./tracker_notice.ts";
import { type Datagram, Udp } from "./udp.ts";

/** Ports below that are of services, which nobody asks from: an answer there would be for them. */
const lowestPort = 1024;

/** Answers the question where a tracker is, if machines on its links ask. */
export class Responder {
  readonly #notice: TrackerNotice;
  readonly #allowance: Allowance;

  /** @param allowance one for all links */
  constructor(notice: TrackerNotice, allowance: Allowance) {
    this.#notice = notice;
    this.#allowance = allowance;
  }

  /**
   * Answers over IPv4 until the socket is closed.
   *
   * @param links the links at this moment
   * @throws what the system says if it would not have it.
   */
  async answerIpv4(links: () => readonly Ipv4Link[]): Promise<Udp> {
    const { discovery: port } = defaultPorts;
    const socket: Udp = await Udp.open({
      family: "IPv4",
      port,
      shared: true,
      heard: (datagram) => this.#answer(socket, datagram, links()),
    });
    return socket;
  }

  /**
   * Answers over IPv6 on one link until the socket is closed. The socket has the address of the
   * group there, because in what comes to one of all links nothing says from which link it came.
   *
   * @throws what the system says if it would not have it.
   */
  async answerIpv6(link: Ipv6Link): Promise<Udp> {
    const { name, family } = link;
    const socket: Udp = await Udp.open({
      family,
      address: `${group}%${name}`,
      port: defaultPorts.discovery,
      shared: true,
      heard: (datagram) => this.#answer(socket, datagram, [link], `%${name}`),
    });
    try {
      socket.configure((raw) => raw.addMembership(group, `::%${name}`));
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  #answer(
    socket: Udp,
    { bytes, host, port }: Datagram,
    links: readonly (Ipv4Link | Ipv6Link)[],
    zone = "",
  ): void {
    const nonce = decodeQuestion(bytes);
    if (nonce === undefined || port < lowestPort || !isNeighbour(host, links)) return;
    if (!this.#allowance.take(host)) return;
    // Whoever gets no answer asks again.
    void socket.send(encodeAnswer({ nonce, notice: this.#notice }), port, `${host}${zone}`);
  }
}

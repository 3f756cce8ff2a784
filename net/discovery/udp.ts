import { Buffer } from "node:buffer";
import { createSocket, type Socket } from "node:dgram";

/** A datagram that came. */
export interface Datagram {
  readonly bytes: Uint8Array;
  /** Who sent it, if that can be believed; a link-local address may lack its zone. */
  readonly host: string;
  readonly port: number;
}

/** Where and how a socket for datagrams is opened. */
export interface UdpOptions {
  family: "IPv4" | "IPv6";
  /** The local address; all if missing. */
  address?: string;
  /** 0 takes a free one. */
  port: number;
  /** Whether several programs may have the port; all of them hear what is sent to many. */
  shared?: boolean;
  /** Told of each datagram. */
  heard(datagram: Datagram): void;
  /** Told of what went wrong with the open socket; it can be used all the same. */
  failed?(error: Error): void;
}

/** A socket for datagrams. (That of `node:dgram`: Deno's own cannot choose an interface.) */
export class Udp {
  readonly #socket: Socket;
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @throws what the system says if the address or port cannot be had. */
  static async open(options: UdpOptions): Promise<Udp> {
    const { family, address, port, shared = false, heard, failed = (): void => {} } = options;
    const type = family === "IPv4" ? "udp4" : "udp6";
    const socket = createSocket({ type, reuseAddr: shared, ipv6Only: family === "IPv6" });
    const opened = Promise.withResolvers<void>();
    socket.on("error", (error) => {
      opened.reject(error);
      failed(error);
    });
    socket.on("message", (bytes, { address: host, port }) => heard({ bytes, host, port }));
    socket.bind({ port, ...(address === undefined ? {} : { address }) }, () => opened.resolve());
    const udp = new Udp(socket);
    try {
      await opened.promise;
      return udp;
    } catch (error) {
      udp.close();
      throw error;
    }
  }

  /** The local port. */
  get port(): number {
    return this.#socket.address().port;
  }

  /** Sets what the system is to do with what is sent to many. */
  configure(set: (socket: Socket) => void): void {
    set(this.#socket);
  }

  /** Sends a datagram; false if the system would not, such as for want of a way there. */
  async send(bytes: Uint8Array, port: number, host: string): Promise<boolean> {
    if (this.#closed) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    try {
      this.#socket.send(Buffer.from(bytes), port, host, (error) => resolve(error === null));
    } catch {
      return false; // Some of the reasons are told at once.
    }
    return await promise;
  }

  /** Closes the socket; a second time changes nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}

import { concat } from "@std/bytes";
import { fetchCertificate } from "../../net/mod.ts";
import { certificateName } from "../../shared/mod.ts";
import { within } from "./waiting.ts";

/** A message of version 2, as JSON gave it: nothing of ours has judged it. */
export type Message = Record<string, unknown> & { verb: string };

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const LF = 0x0a;
/** Messages that come unasked, and that no test waits for. */
const asides = new Set(["REACHABLE", "REVOKED"]);
/** All that come unasked, and answer nothing. */
const pushes = new Set([...asides, "OFFERED", "ANSWERED", "CALLED"]);

/** A TCP connection that is written and read by hand, as with `nc`. It knows no protocol of ours. */
export class RawConnection implements Disposable {
  readonly #connection: Deno.TcpConn | Deno.TlsConn;
  #received = new Uint8Array(0);
  #closed = false;

  constructor(connection: Deno.TcpConn | Deno.TlsConn) {
    if ("setNoDelay" in connection) connection.setNoDelay(true);
    this.#connection = connection;
  }

  /** Connects to a port of this machine. */
  static async open(port: number): Promise<RawConnection> {
    return new RawConnection(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Connects to an encrypted port of this machine, whoever has it. */
  static async openEncrypted(port: number): Promise<RawConnection> {
    const certificate = await fetchCertificate({ host: "127.0.0.1", port });
    const connection = await Deno.startTls(
      await Deno.connect({ hostname: "127.0.0.1", port }),
      { hostname: certificateName, caCerts: [certificate] },
    );
    const raw = new RawConnection(connection);
    return await raw.orClosed(async () => {
      await connection.handshake();
      return raw;
    });
  }

  /** Does something with the connection, which is closed if that fails. */
  async orClosed<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Connects to a tracker and says HELLO in version 2. */
  static async greet(port: number, hello: Record<string, unknown> = {}): Promise<RawConnection> {
    const connection = await RawConnection.open(port);
    return await connection.orClosed(async () => {
      await connection.request("HELLO", { version: 2, name: "by hand", port: 0, ...hello });
      return connection;
    });
  }

  /** Sends text or bytes as they are. */
  async send(data: string | Uint8Array): Promise<void> {
    let rest = typeof data === "string" ? encoder.encode(data) : data;
    while (rest.length > 0) rest = rest.subarray(await this.#connection.write(rest));
  }

  /** Says that nothing more will be sent, as `nc -N` does at the end of its input. */
  async finish(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /** The next line without its LF. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf(LF);
      if (end !== -1) {
        const line = decoder.decode(this.#received.subarray(0, end));
        this.#received = this.#received.slice(end + 1);
        return line;
      }
      if (!await this.#receive()) throw new Error(`The end came instead of a line: ${this.#left}`);
    }
  }

  /** The next `length` bytes. */
  async bytes(length: number): Promise<Uint8Array> {
    while (this.#received.length < length) {
      if (!await this.#receive()) throw new Error(`The end came ${this.#left.length} bytes in`);
    }
    const bytes = this.#received.slice(0, length);
    this.#received = this.#received.slice(length);
    return bytes;
  }

  /** Everything up to the end of the connection. */
  async rest(): Promise<string> {
    while (await this.#receive()) { /* On to the end. */ }
    return this.#left;
  }

  /** Sends a request of version 2. */
  async ask(verb: string, body: Record<string, unknown> = {}): Promise<void> {
    await this.send(`${verb} ${JSON.stringify(body)}\n`);
  }

  /** The next message of version 2 that an answer may be, or what others cause. */
  async message(): Promise<Message> {
    for (;;) {
      const line = await this.line();
      const [, verb = line, body = "{}"] = /^([A-Z]+|NOT FOUND)(?: (\{.*\}))?$/s.exec(line) ?? [];
      if (!asides.has(verb)) return { ...JSON.parse(body), verb };
    }
  }

  /** Sends a request of version 2 and reads its answer; what others cause meanwhile is dropped. */
  async request(verb: string, body: Record<string, unknown> = {}): Promise<Message> {
    await this.ask(verb, body);
    for (;;) {
      const message = await this.message();
      if (!pushes.has(message.verb)) return message;
    }
  }

  close(): void {
    if (!this.#closed) this.#connection.close();
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #left(): string {
    return decoder.decode(this.#received);
  }

  async #receive(): Promise<boolean> {
    const chunk = new Uint8Array(64 * 1024);
    try {
      const length = await within(this.#connection.read(chunk));
      if (length === null) return false;
      this.#received = concat([this.#received, chunk.subarray(0, length)]);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionReset) return false;
      throw error;
    }
  }
}

import { eventually, patience } from "./waiting.ts";

/** What happens to the bytes on their way from the target; all of it may change at any time. */
export interface Faults {
  /** Bytes a second, all connections together. */
  rate?: number;
  /** Milliseconds by which each chunk comes later. */
  delay?: number;
  /** Bytes after which nothing more is passed on, but connections stay open. */
  stallAfter?: number;
  /** Bytes after which every connection is closed, and each further one at once. */
  cutAfter?: number;
  /** Offsets of bytes that have their lowest bit flipped. */
  flipAt?: readonly number[];
}

/** Bytes read at a time: small, so that offsets and rates are met closely. */
const chunkBytes = 32 * 1024;

/** A TCP proxy that makes a network as bad as a test needs it. Offsets count all connections. */
export class Proxy implements AsyncDisposable {
  readonly port: number;
  /** What goes wrong, now. */
  faults: Faults;
  /** Sees whatever is passed on, in either direction. */
  onBytes: (bytes: Uint8Array) => void = () => {};
  /** Bytes passed on to clients. */
  sent = 0;
  /** Bytes passed on to the target. */
  received = 0;
  /** Connections accepted. */
  connections = 0;
  readonly #target: { hostname: string; port: number } | undefined;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #running = new Set<Promise<void>>();
  /** When the next byte may be sent at the rate that is set. */
  #next = 0;
  #dead = false;

  /** @param target port of this machine, or nothing to accept connections and never answer. */
  constructor(target: number | undefined, faults: Faults = {}) {
    this.#target = target === undefined ? undefined : { hostname: "127.0.0.1", port: target };
    this.faults = faults;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#track(this.#acceptAll());
  }

  /** Resolves when that many bytes were passed on to clients. */
  async passed(bytes: number): Promise<void> {
    const isThere = (): true | undefined => this.sent >= bytes || undefined;
    await eventually(isThere, patience, `${bytes} bytes, of which ${this.sent} came`);
  }

  /** Resolves when that many bytes of requests have come. */
  async asked(bytes: number): Promise<void> {
    const isThere = (): true | undefined => this.received >= bytes || undefined;
    await eventually(
      isThere,
      patience,
      `${bytes} bytes of requests, of which ${this.received} came`,
    );
  }

  /** Closes all connections, with data unread: the clients see a reset. */
  cut(): void {
    for (const connection of this.#open) close(connection);
  }

  /** Closes all connections, and accepts none again. */
  die(): void {
    this.#dead = true;
    this.#listener.close();
    this.cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#dead) this.die();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #acceptAll(): Promise<void> {
    while (!this.#dead) {
      try {
        const client = await this.#listener.accept();
        this.connections++;
        this.#open.add(client);
        if (this.#target !== undefined) this.#track(this.#forward(client, this.#target));
      } catch (error) {
        if (!this.#dead) throw error;
      }
    }
  }

  async #forward(client: Deno.TcpConn, to: { hostname: string; port: number }): Promise<void> {
    try {
      const target = await Deno.connect(to);
      this.#open.add(target);
      const ways = [this.#upstream(client, target), this.#downstream(target, client)];
      await Promise.race(ways); // One way ended is a connection ended: nobody here half-closes it.
      for (const end of [client, target]) {
        close(end);
        this.#open.delete(end);
      }
      await Promise.all(ways);
    } catch {
      close(client); // The target is gone.
    }
  }

  async #upstream(client: Deno.TcpConn, target: Deno.TcpConn): Promise<void> {
    await pump(client, async (bytes) => {
      this.onBytes(bytes);
      await writeAll(target, bytes);
      this.received += bytes.length;
    });
  }

  async #downstream(target: Deno.TcpConn, client: Deno.TcpConn): Promise<void> {
    await pump(target, async (bytes) => {
      if (this.faults.delay !== undefined) await pause(this.faults.delay);
      for (let rest = bytes; rest.length > 0;) {
        const step = await this.#allowed(rest.length, client);
        if (step === undefined) throw new Deno.errors.BrokenPipe();
        const now = this.#damaged(rest.subarray(0, step));
        this.sent += step;
        this.onBytes(now);
        await writeAll(client, now);
        rest = rest.subarray(step);
      }
    });
  }

  /** How many of some bytes may go now, waiting until any may; nothing if the connection ends. */
  async #allowed(length: number, client: Deno.TcpConn): Promise<number | undefined> {
    while (this.#open.has(client) && !this.#dead) {
      const { rate, stallAfter = Infinity, cutAfter = Infinity } = this.faults;
      if (this.sent >= cutAfter) return undefined;
      const now = performance.now();
      const late = this.#next - now;
      if (this.sent >= stallAfter || (rate !== undefined && late > 0)) {
        await pause(Math.max(1, Math.min(20, late)));
        continue;
      }
      const step = Math.min(length, stallAfter - this.sent, cutAfter - this.sent);
      if (rate !== undefined) this.#next = Math.max(this.#next, now - 20) + step * 1000 / rate;
      return step;
    }
    return undefined;
  }

  #damaged(bytes: Uint8Array): Uint8Array {
    for (const offset of this.faults.flipAt ?? []) {
      const at = offset - this.sent;
      const byte = bytes[at];
      if (byte !== undefined) bytes[at] = byte ^ 1;
    }
    return bytes;
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }
}

async function pump(
  from: Deno.TcpConn,
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const buffer = new Uint8Array(chunkBytes);
  try {
    for (;;) {
      const length = await from.read(buffer);
      if (length === null) return;
      await take(buffer.subarray(0, length));
    }
  } catch {
    // Closed by one side or by us: either way nothing more passes.
  }
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await to.write(rest));
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

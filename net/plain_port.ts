import { type Ends, endsOf, type Incoming, type Port } from "./incoming.ts";

/** Connections the kernel keeps for us while we are busy: a campus coming back from lunch. */
export const backlog = 4096;

/** A port for connections without encryption. */
export class PlainPort implements Port {
  readonly #listener: Deno.TcpListener;

  /** @throws what `Deno.listen` throws if the port cannot be had. */
  constructor(hostname: string, port: number) {
    this.#listener = Deno.listen({ hostname, port, tcpBacklog: backlog });
  }

  get number(): number {
    return this.#listener.addr.port;
  }

  async accept(): Promise<Incoming> {
    return new PlainConnection(await this.#listener.accept());
  }

  close(): void {
    this.#listener.close();
  }
}

class PlainConnection implements Incoming {
  readonly ends: Ends;
  readonly #connection: Deno.TcpConn;
  #closed = false;

  constructor(connection: Deno.TcpConn) {
    connection.setNoDelay(true);
    this.#connection = connection;
    this.ends = endsOf(connection, false);
  }

  get closed(): boolean {
    return this.#closed;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#connection.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  close(): void {
    if (!this.#closed) this.#connection.close();
    this.#closed = true;
  }
}

import { type Ends, endsOf, handshakeWithin, type Incoming, type Port } from "./incoming.ts";
import { backlog } from "./plain_port.ts";
import { RelayedConnection, TlsRelay } from "./tls_relay.ts";
import { within } from "./within.ts";

/** Certificate and private key, both PEM. */
export interface TlsKey {
  certificate: string;
  key: string;
}

/** Handshakes at the same time: they take turns anyway, and each may turn out to be stuck. */
const handshakesAtOnce = 128;
/** Milliseconds in which one of so many handshakes is over, unless somebody holds them up. */
const handshakePatience = 1000;
/** Milliseconds in which a port that was closed can be had again, and between two tries. */
const listenPatience = 1000;
const listenEvery = 5;
/** Connections that should be closed and are not: if there are more, somebody wants it so. */
const mostStuck = 32;

/**
 * A port for encrypted connections. Deno cannot close one while its remote holds up the handshake
 * or the last write: the descriptor is gone until the remote leaves, and in this way all could go.
 * So when some are stuck, the port is listened on anew, without encryption, and what comes in goes
 * through a `TlsRelay`. That costs a quarter of the speed and three times the descriptors, but then
 * every connection can be closed. Whoever stands in line just then has to come again.
 */
export class TlsPort implements Port {
  readonly number: number;
  readonly #hostname: string;
  readonly #tls: TlsKey;
  readonly #makeRoom: () => Promise<void>;
  readonly #patience: number;
  readonly #direct: Deno.TlsListener;
  /** In place of `#direct`, once there had to be one. */
  #relay: TlsRelay | undefined;
  #front: Deno.TcpListener | undefined;
  /** Those whose handshake is not over, also if nobody waits for it any more. */
  readonly #handshakes = new Set<DirectConnection>();
  #oneIsOver = Promise.withResolvers<void>();
  #stuck = 0;
  #closed = false;

  /**
   * @param makeRoom closes some connections because descriptors have run out, maybe a moment later
   * @param patience milliseconds in which one of very many handshakes has to be over
   * @throws what `Deno.listenTls` throws if the port cannot be had.
   */
  constructor(
    hostname: string,
    port: number,
    tls: TlsKey,
    makeRoom: () => Promise<void>,
    patience = handshakePatience,
  ) {
    const { certificate: cert, key } = tls;
    this.#direct = Deno.listenTls({ hostname, port, cert, key, tcpBacklog: backlog });
    this.number = this.#direct.addr.port;
    this.#hostname = hostname;
    this.#tls = tls;
    this.#makeRoom = makeRoom;
    this.#patience = patience;
  }

  /** Whether connections go through a relay, and the port is listened on anew. */
  get relays(): boolean {
    return this.#front !== undefined;
  }

  /** Connections that should be closed and are not. */
  get stuck(): number {
    return this.#stuck;
  }

  async accept(): Promise<Incoming> {
    if (this.#relay === undefined && await this.#isHeldUp()) {
      this.#relay = new TlsRelay(this.#tls, this.#makeRoom);
      this.#direct.close();
    }
    if (this.#relay === undefined) return this.#admit(await this.#direct.accept());
    const front = this.#front ?? await this.#listenAnew();
    return new RelayedConnection(await front.accept(), this.#relay);
  }

  close(): void {
    this.#closed = true;
    if (this.#relay === undefined) this.#direct.close();
    this.#relay?.close();
    this.#front?.close();
    for (const connection of this.#handshakes) connection.abandon();
    this.#oneIsOver.resolve();
  }

  /**
   * Listens on the port that was just closed. A program that is being started has a copy of every
   * descriptor until it runs, also of those that are closed here: so long the port is taken.
   */
  async #listenAnew(): Promise<Deno.TcpListener> {
    const { number: port } = this;
    for (const end = performance.now() + listenPatience;;) {
      try {
        const listening = { hostname: this.#hostname, port, tcpBacklog: backlog };
        return this.#front = Deno.listen(listening); // At once: `close` has to find it.
      } catch (error) {
        const isTaken = error instanceof Deno.errors.AddrInUse;
        if (!isTaken || performance.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, listenEvery));
        if (this.#closed) throw error;
      }
    }
  }

  #admit(connection: Deno.TlsConn): Incoming {
    const direct = new DirectConnection(connection, (change) => this.#stuck += change);
    this.#handshakes.add(direct);
    void direct.handshake.catch(() => {}).finally(() => {
      this.#handshakes.delete(direct);
      this.#oneIsOver.resolve();
      this.#oneIsOver = Promise.withResolvers();
    });
    if (this.#closed) direct.abandon();
    return direct;
  }

  /** Waits while too many handshakes are under way. */
  async #isHeldUp(): Promise<boolean> {
    let heldUp = false;
    while (!heldUp && this.#handshakes.size >= handshakesAtOnce && !this.#closed) {
      const isOver = this.#oneIsOver.promise.then(() => true);
      heldUp = await within(isOver, this.#patience) === undefined;
    }
    return !this.#closed && (heldUp || this.#stuck > mostStuck);
  }
}

/** A connection that Deno encrypts as it comes in. */
class DirectConnection implements Incoming {
  readonly ends: Ends;
  readonly handshake: Promise<unknown>;
  readonly #connection: Deno.TlsConn;
  readonly #stuck: (change: 1 | -1) => void;
  #state: "handshaking" | "given up" | "open" | "closed" = "handshaking";
  #writing = false;

  /** @param stuck told when it should be closed and is not, and when it is after all */
  constructor(connection: Deno.TlsConn, stuck: (change: 1 | -1) => void) {
    this.#connection = connection;
    this.#stuck = stuck;
    this.ends = endsOf(connection, true);
    this.handshake = connection.handshake().finally(() => this.#handshakeIsOver());
  }

  get closed(): boolean {
    return this.#state === "closed" || this.#state === "given up";
  }

  async prepare(seconds: number): Promise<void> {
    try {
      await handshakeWithin(this.handshake, seconds);
    } catch (error) {
      if (!this.closed) throw error;
    }
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#connection.read(into);
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.#writing = true;
    try {
      return await this.#connection.write(bytes);
    } finally {
      this.#writing = false;
    }
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  close(): void {
    if (this.closed) return;
    if (this.#state === "handshaking") {
      // Closed now, it would be stuck as well, and nobody would learn when it is not any more.
      this.#state = "given up";
      this.#stuck(1);
    } else {
      if (this.#writing) this.#stuck(1);
      this.abandon();
    }
  }

  /** Closes it without looking whether that is possible: the program ends. */
  abandon(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#connection.close();
  }

  #handshakeIsOver(): void {
    if (this.#state === "handshaking") this.#state = "open";
    if (this.#state !== "given up") return;
    this.#stuck(-1);
    this.abandon();
  }
}

import { hashPieces, idFromPieces } from "../../shared/mod.ts";
import { type Message, RawConnection } from "./raw_connection.ts";

/** What a fake says to a request: text, or bytes, or it does as it likes with the connection. */
export type Answer = string | Uint8Array | ((connection: RawConnection) => Promise<void>);

/** Answers by verb; a request that has none ends its connection. */
export type Answers = Record<string, (request: Message) => Answer>;

const encoder = new TextEncoder();

/** A server of ours in the test's own process that does not keep to the rules. */
export class Fake implements AsyncDisposable {
  readonly port: number;
  /** The requests it was sent. */
  readonly requests: Message[] = [];
  readonly #answers: Answers;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<RawConnection>();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(answers: Answers) {
    this.#answers = answers;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#track(this.#acceptAll());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    await Promise.all(this.#running);
  }

  async #acceptAll(): Promise<void> {
    while (!this.#closed) {
      try {
        const connection = new RawConnection(await this.#listener.accept());
        this.#open.add(connection);
        this.#track(this.#serve(connection));
      } catch (error) {
        if (!this.#closed) throw error;
      }
    }
  }

  async #serve(connection: RawConnection): Promise<void> {
    try {
      for (;;) {
        const request = await connection.message();
        this.requests.push(request);
        const answer = this.#answers[request.verb]?.(request);
        if (answer === undefined) break;
        if (typeof answer === "function") await answer(connection);
        else await connection.send(answer);
      }
    } catch {
      // The remote has hung up, as it should.
    }
    connection.close();
    this.#open.delete(connection);
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }
}

/** A line of version 2. */
export function line(verb: string, body: Record<string, unknown> = {}): string {
  return `${verb} ${JSON.stringify(body)}\n`;
}

/** A line, and the bytes that follow it. */
export function withBytes(verb: string, body: Record<string, unknown>, bytes: Uint8Array): Answer {
  return async (connection) => {
    await connection.send(line(verb, body));
    await connection.send(bytes);
  };
}

/** What a source that has some content says to each request: what one that lies starts from. */
export function honestSource(content: Uint8Array): Answers {
  const hashes = hashPieces(content);
  return {
    HELLO: () => line("HI", { version: 2 }),
    PIECES: () => withBytes("HASHES", { count: hashes.length / 32 }, hashes),
    DOWNLOAD: ({ offset, length }) => {
      const [start, end] = [Number(offset), Number(offset) + Number(length)];
      return async (connection) => {
        for (let at = start; at < end; at += 1024 * 1024) {
          // Beyond the end of the content there are zeros, for those who ask for them.
          const unit = new Uint8Array(Math.min(end - at, 1024 * 1024));
          unit.set(content.subarray(at, at + unit.length));
          await connection.send(line("FILE", { offset: at, length: unit.length }));
          await connection.send(unit);
        }
      };
    },
    BYE: () => "",
    ERROR: () => "",
  };
}

/** What a tracker says that has nothing: what one that lies starts from. */
export const emptyTracker: Answers = {
  HELLO: () =>
    line("HI", {
      version: 2,
      tracker: "fake",
      id: "f".repeat(64),
      peer: "e".repeat(64),
      accepted: true,
      known: false,
      limits: {},
    }),
  SHARE: () => line("ACCEPTED", { files: 1 }),
  SEARCH: () => line("NOT FOUND"),
  LIST: () => line("NOT FOUND"),
  SOURCES: () => line("SOURCES", { sources: [] }),
  PEERS: () => line("PEERS", { peers: [] }),
  PING: () => line("PONG", { now: 0 }),
};

/** A file as FOUND says it. */
export function foundFile(
  path: string,
  content: string,
  port: number,
): Record<string, unknown> & { sources: Record<string, unknown>[] } {
  const bytes = encoder.encode(content);
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    size: bytes.length,
    modified: 0,
    id: idFromPieces(hashPieces(bytes), bytes.length),
    type: "",
    peers: 1,
    sources: [{
      peer: "d".repeat(64),
      name: "evil",
      address: "127.0.0.1",
      port,
      reachable: true,
      encrypted: false,
    }],
  };
}

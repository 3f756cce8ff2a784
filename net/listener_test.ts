import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type ByteStream, certificateName, LanyardError } from "../shared/mod.ts";
import { eventually, noLongerListens, patience, within } from "../tests/support/waiting.ts";
import { Doorman, type Place } from "./doorman.ts";
import { temporaryIdentity } from "./identity.ts";
import type { Ends } from "./incoming.ts";
import { Listener, type ListenerOptions } from "./listener.ts";

const tls = await temporaryIdentity();

/** A listener that sends back what it gets, and what happened at it. */
class Echo implements AsyncDisposable {
  readonly events: string[] = [];
  readonly served: Ends[] = [];
  readonly doorman: Doorman;
  readonly #listener: Listener;
  readonly #running: Promise<void>;

  constructor(options: Partial<ListenerOptions> & { maxPerAddress?: number } = {}) {
    this.doorman = new Doorman({
      maxPerAddress: options.maxPerAddress,
      onRefused: (address) => void this.events.push(`refused ${address}`),
    });
    this.#listener = Listener.open({
      hostname: "::",
      port: 0,
      doorman: this.doorman,
      onError: (error, address) => void this.events.push(`${describe(error)} ${address}`),
      ...options,
    });
    this.#running = this.#listener.run(async (stream, ends, place) => {
      this.served.push(ends);
      await sendBack(stream, place);
      stream.close();
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Connects as a plain client does. */
  async dial(hostname = "127.0.0.1"): Promise<Deno.TcpConn> {
    return await Deno.connect({ hostname, port: this.port });
  }

  /** Connects as an encrypted client does. */
  async dialTls(): Promise<Deno.TlsConn> {
    const connection = await this.dial();
    connection.setNoDelay(true);
    return await Deno.startTls(connection, {
      hostname: certificateName,
      caCerts: [tls.certificate],
    });
  }

  stop(): void {
    this.#listener.stop();
  }

  /** Resolves when nobody is served any more. */
  get over(): Promise<void> {
    return within(this.#running, patience);
  }

  async close(): Promise<void> {
    await within(Promise.all([this.#listener.close(), this.#running]), patience);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function sendBack(stream: ByteStream, place: Place): Promise<void> {
  const bytes = new Uint8Array(64 * 1024);
  try {
    for (let length; (length = await stream.read(bytes)) !== null;) {
      place.greeted();
      await stream.write(bytes.subarray(0, length));
    }
  } catch {
    // It was closed.
  }
}

function describe(error: unknown): string {
  return error instanceof LanyardError ? error.code : String(error);
}

/** Sends a byte and waits for it. */
async function ping(connection: Deno.Conn): Promise<void> {
  await connection.write(Uint8Array.of(7));
  const answer = new Uint8Array(1);
  assertEquals(await within(connection.read(answer), patience), 1);
  assertEquals(answer, Uint8Array.of(7));
}

/** Waits until the other side closes. */
async function isClosed(connection: Deno.Conn): Promise<void> {
  try {
    while (await within(connection.read(new Uint8Array(100)), patience) !== null) {
      /* To the end. */
    }
  } catch (error) {
    assert(
      error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.UnexpectedEof,
    );
  }
}

Deno.test("Listener serves over IPv4 and IPv6, and tells both ends plainly", async () => {
  await using echo = new Echo();
  using four = await echo.dial("127.0.0.1");
  using six = await echo.dial("::1");
  for (const connection of [four, six]) await ping(connection);
  assertEquals(echo.served, [
    { remote: "127.0.0.1", local: "127.0.0.1", encrypted: false },
    { remote: "::1", local: "::1", encrypted: false },
  ]);
});

Deno.test("Listener encrypts", async () => {
  await using echo = new Echo({ tls });
  using connection = await echo.dialTls();
  await ping(connection);
  assertEquals(echo.served, [{ remote: "127.0.0.1", local: "127.0.0.1", encrypted: true }]);
});

for (const [what, options] of Object.entries({ plain: {}, encrypted: { tls } })) {
  Deno.test(`Listener.stop listens no longer, and serves every ${what} connection to its end`, async () => {
    await using echo = new Echo(options);
    const connection = "tls" in options ? await echo.dialTls() : await echo.dial();
    await ping(connection);
    echo.stop();
    await noLongerListens(echo.port, patience);
    await ping(connection);
    connection.close();
    await echo.over;
  });
}

Deno.test("Listener says that a port is taken", async () => {
  await using echo = new Echo();
  const { port } = echo;
  for (const options of [{ port }, { port, tls }]) {
    assertThrows(() => new Echo(options), Deno.errors.AddrInUse);
  }
});

Deno.test("hostile 46: Listener reports a client that speaks plain to an encrypted port, and goes on", async () => {
  await using echo = new Echo({ tls });
  using plain = await echo.dial();
  await plain.write(new TextEncoder().encode("HELLO\n"));
  await isClosed(plain);
  await eventually(() => echo.events.length === 1 ? true : undefined, patience);
  assertEquals(echo.events, ["syntax 127.0.0.1"]);
  using connection = await echo.dialTls();
  await ping(connection);
});

Deno.test("hostile 36: Listener serves others while handshakes do not begin, and gives them up in time", async () => {
  await using echo = new Echo({ tls, handshakeSeconds: 3 });
  using silent = await echo.dial();
  using connection = await echo.dialTls();
  await ping(connection);
  await eventually(() => echo.events.length === 1 ? true : undefined, patience);
  assertEquals(echo.events, ["timeout 127.0.0.1"]);
  assertEquals(echo.doorman.count, 1);
  silent.close();
  await ping(connection);
});

Deno.test("hostile 36: Listener closes the oldest silent connection, and refuses who is too many", async () => {
  await using echo = new Echo({ maxPerAddress: 2 });
  using first = await echo.dial();
  using second = await echo.dial();
  await ping(second);
  using third = await echo.dial();
  await isClosed(first);
  await ping(third);
  using fourth = await echo.dial();
  await isClosed(fourth);
  assertEquals(echo.events, ["refused 127.0.0.1"]);
  await ping(second);
  third.close();
  await eventually(() => echo.doorman.count === 1 ? true : undefined, patience);
  using fifth = await echo.dial();
  await ping(fifth);
});

for (const [what, options] of [["plain", {}], ["encrypted", { tls }]] as const) {
  Deno.test(`Listener.close ends every ${what} connection, and listens no longer`, async () => {
    const echo = new Echo(options);
    using silent = await echo.dial();
    using connection = "tls" in options ? await echo.dialTls() : await echo.dial();
    await ping(connection);
    await echo.close();
    await echo.close();
    await isClosed(connection);
    await assertRejects(() => echo.dial(), Deno.errors.ConnectionRefused);
    assertEquals(echo.events, []);
    silent.close();
  });
}

Deno.test("Listener reports what goes wrong in serving, and serves others", async () => {
  const events: string[] = [];
  const listener = Listener.open({
    hostname: "127.0.0.1",
    port: 0,
    doorman: new Doorman(),
    onError: (error, address) => void events.push(`${describe(error)} ${address}`),
  });
  const running = listener.run(() => Promise.reject(new Error("Bug")));
  for (let n = 0; n < 2; n++) {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: listener.port });
    await isClosed(connection);
  }
  await within(Promise.all([listener.close(), running]), patience);
  assertEquals(events, Array(2).fill("Error: Bug 127.0.0.1"));
});

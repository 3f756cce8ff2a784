import { assert, assertEquals, assertRejects } from "@std/assert";
import { certificateName, LanyardError } from "../shared/mod.ts";
import { noise } from "../tests/support/network.ts";
import { eventually, patience, within } from "../tests/support/waiting.ts";
import { temporaryIdentity } from "./identity.ts";
import type { Incoming } from "./incoming.ts";
import { TlsPort } from "./tls_port.ts";

/** Seconds. */
const handshake = 30;
const tls = await temporaryIdentity();

/** So many connections are closed in vain that the next ones go through a relay. */
const siege = 34;

/** A port, and those who connect to it. */
class Scene implements Disposable {
  readonly port: TlsPort;
  readonly #open: { close(): void }[] = [];
  readonly #came: Incoming[] = [];
  #next = Promise.withResolvers<void>();

  /** @param patience that of the port; the usual one if missing */
  constructor(patience?: number) {
    this.port = new TlsPort("127.0.0.1", 0, tls, () => Promise.resolve(), patience);
    void this.#accept();
  }

  /** A client that has said nothing yet, and what came in at the port. */
  async connect(): Promise<{ client: Deno.TcpConn; incoming: Incoming }> {
    const client = await Deno.connect({ hostname: "127.0.0.1", port: this.port.number });
    this.#open.push(client);
    while (this.#came.length === 0) await within(this.#next.promise, patience);
    const incoming = this.#came.shift();
    assert(incoming !== undefined);
    this.#open.push(incoming);
    return { client, incoming };
  }

  /** A client and the port, encrypted. */
  async join(): Promise<{ client: Deno.TlsConn; incoming: Incoming }> {
    const { client, incoming } = await this.connect();
    client.setNoDelay(true);
    this.#open.splice(this.#open.indexOf(client), 1);
    const encrypted = await Deno.startTls(client, {
      hostname: certificateName,
      caCerts: [tls.certificate],
    });
    this.#open.push(encrypted);
    await within(Promise.all([incoming.prepare(handshake), encrypted.handshake()]), patience);
    return { client: encrypted, incoming };
  }

  /** Closes so many connections in vain. After a siege the port is listened on anew. */
  async besiege(count: number): Promise<Deno.TcpConn[]> {
    const clients: Deno.TcpConn[] = [];
    for (let n = 0; n < count; n++) {
      const { client, incoming } = await this.connect();
      incoming.close();
      clients.push(client);
    }
    if (count >= siege) await this.relays();
    return clients;
  }

  /** Resolves when connections go through a relay: who comes just before has to come again. */
  async relays(): Promise<void> {
    await eventually(() => this.port.relays ? true : undefined);
  }

  async #accept(): Promise<void> {
    try {
      for (;;) {
        this.#came.push(await this.port.accept());
        this.#next.resolve();
        this.#next = Promise.withResolvers();
      }
    } catch {
      // It is closed.
    }
  }

  [Symbol.dispose](): void {
    this.port.close();
    for (const one of [...this.#open, ...this.#came]) one.close();
  }
}

/** Whether the other side closes a connection within some milliseconds. */
async function isClosed(client: Deno.Conn | undefined, ms = patience): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), ms);
  assert(client !== undefined);
  const read = client.read(new Uint8Array(1)).then((length) => length === null, () => true);
  const closed = await Promise.race([read, promise]);
  clearTimeout(timer);
  return closed;
}

/** Sends bytes through a connection and waits for them at its other end. */
async function passes(
  from: { write(bytes: Uint8Array): Promise<number> },
  to: { read(into: Uint8Array): Promise<number | null> },
  bytes: Uint8Array,
): Promise<void> {
  const received = new Uint8Array(bytes.length);
  const send = async (): Promise<void> => {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await from.write(rest));
  };
  const receive = async (): Promise<void> => {
    for (let rest = received; rest.length > 0;) {
      rest = rest.subarray(await to.read(rest) ?? received.length);
    }
  };
  await within(Promise.all([send(), receive()]), patience);
  assertEquals(received, bytes);
}

/** Connections closed in vain before a test. */
const sieges = { without: 0, after: siege };

for (const [when, stuck] of Object.entries(sieges)) {
  Deno.test(`TlsPort passes bytes and ends on, ${when} a siege`, async () => {
    using scene = new Scene();
    await scene.besiege(stuck);
    const { client, incoming } = await scene.join();
    assertEquals(incoming.ends, { remote: "127.0.0.1", local: "127.0.0.1", encrypted: true });
    for (const length of [1, 511, 512, 513, 3_000_000, 5]) {
      await passes(client, incoming, noise(length));
      await passes(incoming, client, noise(length));
    }
    await incoming.closeWrite?.();
    assertEquals(await within(client.read(new Uint8Array(1)), patience), null);
    await passes(client, incoming, noise(100_000));
    await client.closeWrite();
    assertEquals(await within(incoming.read(new Uint8Array(1)), patience), null);
  });

  Deno.test(`hostile 46: TlsPort refuses who does not encrypt, ${when} a siege`, async () => {
    using scene = new Scene();
    await scene.besiege(stuck);
    const { client, incoming } = await scene.connect();
    await client.write(new TextEncoder().encode("HELLO\n"));
    const error = await assertRejects(() => incoming.prepare(handshake), LanyardError);
    assertEquals(error.code, "syntax");
  });

  Deno.test(`TlsPort gives up who leaves before or in the handshake, ${when} a siege`, async () => {
    using scene = new Scene();
    await scene.besiege(stuck);
    for (const said of [new Uint8Array(), Uint8Array.of(0x16, 3, 1)]) {
      const { client, incoming } = await scene.connect();
      await client.write(said);
      await client.closeWrite();
      const over = await within(incoming.prepare(handshake).catch(({ code }) => code), patience);
      assert(over === "syntax" || incoming.closed);
    }
  });
}

Deno.test("hostile 36: TlsPort closes whom it wants once a few could not be closed", async () => {
  using scene = new Scene();
  const stuck = await scene.besiege(siege);
  assertEquals(
    await isClosed(stuck[0], 50),
    false,
    "if Deno can do it now, none of this is needed",
  );
  const { client, incoming } = await scene.connect();
  const prepared = incoming.prepare(handshake);
  incoming.close();
  assert(await isClosed(client));
  await within(prepared, patience);
});

Deno.test("hostile 36: TlsPort closes a handshake that takes too long after a siege", async () => {
  using scene = new Scene();
  await scene.besiege(siege);
  const { client, incoming } = await scene.connect();
  await client.write(Uint8Array.of(0x16, 3, 1));
  const error = await assertRejects(() => incoming.prepare(0.1), LanyardError);
  assertEquals(error.code, "timeout");
  incoming.close();
  assert(await isClosed(client));
});

Deno.test("hostile 36: TlsPort goes on as before when few were stuck, and when they leave", async () => {
  using scene = new Scene();
  for (let round = 0; round < 3; round++) {
    const stuck = await scene.besiege(30);
    for (const client of stuck) await client.closeWrite();
    await eventually(() => scene.port.stuck === 0 ? true : undefined, patience);
  }
  const { incoming } = await scene.connect();
  await assertRejects(() => incoming.prepare(0.1), LanyardError);
  assertEquals(scene.port.relays, false);
});

/** Writes until the other side reads no more; resolves when the connection is closed. */
async function fill(incoming: Incoming, isFull: () => void): Promise<void> {
  try {
    for (;;) {
      const timer = setTimeout(isFull, 100);
      await incoming.write(new Uint8Array(1_000_000)).finally(() => clearTimeout(timer));
    }
  } catch {
    // It is closed.
  }
}

Deno.test("hostile 25: TlsPort notices those who do not read what they are sent", async () => {
  const scene = new Scene();
  const writing: Promise<void>[] = [];
  try {
    for (let n = 0; n < siege; n++) {
      const { incoming } = await scene.join();
      const { promise: full, resolve } = Promise.withResolvers<void>();
      writing.push(fill(incoming, resolve));
      await within(full, patience);
      incoming.close();
    }
    await scene.relays();
    const { client, incoming } = await scene.join();
    await passes(client, incoming, noise(10));
  } finally {
    scene[Symbol.dispose]();
    await within(Promise.all(writing), patience);
  }
});

Deno.test("hostile 36: TlsPort does not wait for many handshakes that do not begin", async () => {
  using scene = new Scene();
  for (let n = 0; n < 128; n++) await scene.connect();
  // Whoever stands in line when the port changes has to come again.
  using waiting = await Deno.connect({ hostname: "127.0.0.1", port: scene.port.number });
  await scene.relays();
  assert(await isClosed(waiting));
  const { client, incoming } = await scene.join();
  await passes(client, incoming, noise(10));
});

Deno.test("TlsPort lets hundreds handshake at once without a relay", async () => {
  // With the usual patience a machine that stands still would look like somebody who holds all up.
  using scene = new Scene(patience);
  const { number: port } = scene.port;
  const clients = await within(
    Promise.all(Array.from({ length: 500 }, async () => {
      const client = await Deno.startTls(await Deno.connect({ hostname: "127.0.0.1", port }), {
        hostname: certificateName,
        caCerts: [tls.certificate],
      });
      await client.handshake();
      return client;
    })),
  );
  for (const client of clients) client.close();
  assertEquals(scene.port.relays, false);
});

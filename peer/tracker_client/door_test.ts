import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Identity, idWords, temporaryIdentity } from "../../net/mod.ts";
import { type ErrorCode, LanyardError } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { eventually, patience, within } from "../../tests/support/waiting.ts";
import { KnownTrackers } from "../known_trackers.ts";
import { type Opened, SecureDoor } from "./door.ts";

const [first, second] = await Promise.all([temporaryIdentity(), temporaryIdentity()]);

/** Something that speaks TLS with a key, and nothing else. */
class FakeServer implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Deno.TlsListener;
  readonly #serving: Promise<void>;

  private constructor(listener: Deno.TlsListener) {
    this.#listener = listener;
    this.port = listener.addr.port;
    this.#serving = this.#serve();
  }

  /** A port that was just closed is taken while a program that is being started has a copy of it. */
  static open({ certificate: cert, key }: Identity, port = 0): Promise<FakeServer> {
    return eventually(() => {
      try {
        return new FakeServer(Deno.listenTls({ hostname: "127.0.0.1", port, cert, key }));
      } catch (error) {
        if (error instanceof Deno.errors.AddrInUse) return undefined;
        throw error;
      }
    });
  }

  async #serve(): Promise<void> {
    try {
      for await (const connection of this.#listener) {
        await connection.handshake().catch(() => {}); // Refused: what is tested.
        await connection.read(new Uint8Array(1)).catch(() => null);
        connection.close();
      }
    } catch {
      // A client that hung up in its handshake ends the loop on some versions of Deno.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }
}

interface Options {
  known?: KnownTrackers;
  trusted?: string[];
  linked?: string;
}

/** Opens a door and closes it; `met` are the words of trackers that were new. */
async function open(
  port: number,
  { known = KnownTrackers.inMemory(), trusted = [], linked }: Options = {},
): Promise<{ id: string | undefined; met: string[] }> {
  const met: string[] = [];
  const door = new SecureDoor({ host: "127.0.0.1", port }, {
    known,
    trusted,
    ...(linked === undefined ? {} : { linked }),
    met: (words) => met.push(words),
  });
  const opened: Opened = await within(door.open(), patience);
  opened.connection.close();
  return { id: opened.tracker?.id, met };
}

async function fails(code: ErrorCode, run: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(run, LanyardError);
  assertEquals(error.code, code, error.message);
  return error.message;
}

Deno.test("SecureDoor trusts a new tracker, shows its words once, and remembers it", async () => {
  await using temp = new TempFolder();
  await using server = await FakeServer.open(first);
  const known = await KnownTrackers.open(temp.path);
  assertEquals(await open(server.port, { known }), {
    id: first.id,
    met: [await idWords(first.id)],
  });
  const again = await KnownTrackers.open(temp.path);
  assertEquals(await open(server.port, { known: again }), { id: first.id, met: [] });
});

Deno.test("hostile 46: SecureDoor refuses another key at a known address, and says what to do", async () => {
  const known = KnownTrackers.inMemory();
  let port: number;
  {
    await using server = await FakeServer.open(first);
    port = server.port;
    await open(port, { known });
  }
  await using _impostor = await FakeServer.open(second, port);
  const message = await fails("wrong-key", () => open(port, { known }));
  for (const part of [first.id, second.id, `--trust ${second.id}`, await idWords(first.id)]) {
    assertStringIncludes(message, part);
  }
  assertEquals(await open(port, { known, trusted: [second.id] }), { id: second.id, met: [] });
  assertEquals(await open(port, { known }), { id: second.id, met: [] }, "both count from now on");
});

Deno.test("hostile 46: SecureDoor takes no other tracker than the one that was named", async () => {
  await using server = await FakeServer.open(first);
  const known = KnownTrackers.inMemory();
  await open(server.port, { known });
  await fails("wrong-key", () => open(server.port, { known, trusted: [second.id] }));
  assertEquals((await open(server.port, { known, trusted: [first.id] })).id, first.id);
  const strange = KnownTrackers.inMemory();
  await fails("wrong-key", () => open(server.port, { known: strange, trusted: [second.id] }));
  assertEquals(await strange.at(`127.0.0.1:${server.port}`), [], "nothing of it is remembered");
});

Deno.test("hostile 46: SecureDoor forgets for a join link whom it met without one", async () => {
  const known = KnownTrackers.inMemory();
  let port: number;
  {
    await using impostor = await FakeServer.open(first);
    port = impostor.port;
    await open(port, { known });
    await fails("wrong-key", () => open(port, { known, linked: second.id }));
  }
  {
    await using _server = await FakeServer.open(second, port);
    assertEquals(await open(port, { known, linked: second.id }), { id: second.id, met: [] });
  }
  await using _impostor = await FakeServer.open(first, port);
  await fails("wrong-key", () => open(port, { known }));
});

Deno.test("hostile 46: SecureDoor does not fall back to a connection without encryption", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answering = (async () => {
    const heard: number[] = [];
    for await (const connection of listener) {
      const bytes = new Uint8Array(1);
      await connection.read(bytes);
      heard.push(bytes[0] ?? 0);
      await connection.write(new TextEncoder().encode('ERROR {"code":"syntax"}\n'));
      connection.close();
    }
    return heard;
  })();
  const known = KnownTrackers.inMemory();
  const { port } = listener.addr;
  assertStringIncludes(await fails("unreachable", () => open(port)), "--plain");
  await known.add(`127.0.0.1:${port}`, first);
  assertStringIncludes(await fails("unreachable", () => open(port, { known })), "--plain");
  listener.close();
  const heard = await answering;
  assert(heard.length > 0 && heard.every((byte) => byte === 0x16), "it heard TLS only");
});

Deno.test("SecureDoor says where nothing listens", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  assertEquals(
    await fails("unreachable", () => open(port)),
    `Nothing listens at 127.0.0.1:${port}`,
  );
});

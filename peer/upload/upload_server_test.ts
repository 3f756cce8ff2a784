import { assert, assertEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { noise } from "../../tests/support/network.ts";
import { RawConnection } from "../../tests/support/raw_connection.ts";
import { eventually, patience, within } from "../../tests/support/waiting.ts";
import { MemoryShelf } from "../testing/memory_shelf.ts";
import { UploadServer } from "./upload_server.ts";

/** A server of a shelf on a free port, unless options say otherwise. */
class Fixture implements AsyncDisposable {
  readonly shelf = new MemoryShelf();
  readonly uploads: string[] = [];
  readonly server: UploadServer;

  constructor(options: { slots?: number; limitUp?: number } = {}) {
    this.server = new UploadServer({ port: 0, exactly: true, ...options }, this.shelf, {
      uploaded: (address, { path }, bytes) => this.uploads.push(`${address} ${path} ${bytes}`),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await within(this.server.close(), patience);
  }
}

Deno.test("UploadServer serves several peers at once, over IPv4 and IPv6, and tells who got what", async () => {
  await using fixture = new Fixture();
  const { id, size, bytes } = fixture.shelf.add("a", noise(1000));
  const { port } = fixture.server;
  using four = await RawConnection.greet(port);
  using six = new RawConnection(await Deno.connect({ hostname: "::1", port }));
  await six.request("HELLO", { version: 2 });
  for (const connection of [six, four]) {
    const { verb } = await connection.request("DOWNLOAD", { id, size, offset: 0, length: 1000 });
    assertEquals(verb, "FILE");
    assertEquals(await connection.bytes(1000), bytes);
    connection.close();
  }
  await eventually(() => fixture.uploads.length === 2 ? true : undefined, patience);
  assertEquals(fixture.uploads.sort(), ["127.0.0.1 a 1000", "::1 a 1000"]);
});

Deno.test("UploadServer takes the next port if it may, and says so if it may not", async () => {
  await using fixture = new Fixture();
  const { port } = fixture.server;
  const options = { port, exactly: false };
  const next = new UploadServer(options, fixture.shelf, { uploaded: () => {} });
  assert(next.port > port && next.port < port + 16, `${next.port} is near ${port}`);
  await next.close();
  const error = assertThrows(
    () => new UploadServer({ port, exactly: true }, fixture.shelf, { uploaded: () => {} }),
    LanyardError,
    `Port ${port} is taken`,
  );
  assertEquals(error.code, "io");
});

Deno.test("UploadServer serves only so many at a time, and the next one when a place is free", async () => {
  await using fixture = new Fixture({ slots: 1 });
  const { id, size } = fixture.shelf.add("a", noise(40_000_000));
  const small = fixture.shelf.add("b", noise(10));
  const { port } = fixture.server;
  using first = await RawConnection.greet(port);
  using second = await RawConnection.greet(port);
  // The first one does not read, and its answer is more than any connection holds.
  await first.ask("DOWNLOAD", { id, size, offset: 0, length: size });
  assertEquals((await first.message()).verb, "FILE");
  // Once the first of two requests is answered, the other one is looked at.
  const requests = [
    `PIECES ${JSON.stringify({ id, size, brief: true })}\n`,
    `DOWNLOAD ${JSON.stringify({ id: small.id, size: 10, offset: 0, length: 10 })}\n`,
  ];
  await second.send(requests.join(""));
  assertEquals((await second.message()).verb, "HASHES");
  assertEquals(fixture.shelf.events, ["open a", "open a"]);
  first.close();
  assertEquals((await second.message()).verb, "FILE");
  assertEquals(await second.bytes(10), small.bytes);
});

Deno.test("UploadServer.close ends every connection", async () => {
  const fixture = new Fixture();
  using idle = await RawConnection.greet(fixture.server.port);
  using silent = await RawConnection.open(fixture.server.port);
  await fixture[Symbol.asyncDispose]();
  assertEquals(await idle.rest(), "");
  assertEquals(await silent.rest(), "");
});

Deno.test("hostile 46: UploadServer tells a TLS client that it speaks plain", async () => {
  await using fixture = new Fixture();
  using connection = await RawConnection.open(fixture.server.port);
  await connection.send(Uint8Array.of(0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5));
  assert((await connection.message())["message"]?.toString().includes("TLS"));
});

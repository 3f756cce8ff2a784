import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { LanyardError, type Source } from "../shared/mod.ts";
import { within } from "../tests/support/waiting.ts";
import { connectTo, endpointOf } from "./net.ts";

async function unreachable(run: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(() => within(run()), LanyardError);
  assertEquals(error.code, "unreachable");
  return error.message;
}

Deno.test("connectTo connects, and says what is wrong where it cannot", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const connection = await connectTo({ host: "127.0.0.1", port });
  assertEquals(connection.remoteAddr.port, port);
  connection.close();
  listener.close();
  const refused = await unreachable(() => connectTo({ host: "127.0.0.1", port }));
  assertEquals(refused, `Nothing listens at 127.0.0.1:${port}`);
  const unknown = await unreachable(() => connectTo({ host: "lanyard.invalid", port: 1 }));
  assertMatch(unknown, /lanyard\.invalid:1/);
});

Deno.test("connectTo gives up when it is told to", async () => {
  const message = await unreachable(() =>
    connectTo({ host: "127.0.0.1", port: 1 }, AbortSignal.abort())
  );
  assertMatch(message, /Cannot reach 127\.0\.0\.1:1/);
});

Deno.test("endpointOf gives a link-local address the zone of our way to the tracker", () => {
  const source: Source = {
    peer: "a".repeat(64),
    name: "ana",
    address: "fe80::1",
    port: 2224,
    reachable: true,
    encrypted: false,
  };
  const tracker = { host: "fe80::2%eth7", port: 2222 };
  assertEquals(endpointOf(source, tracker), { host: "fe80::1%eth7", port: 2224 });
  const plain = { ...source, address: "10.0.0.1" };
  assertEquals(endpointOf(plain, tracker), { host: "10.0.0.1", port: 2224 });
  const { host } = endpointOf(source, { host: "10.0.0.2", port: 2222 });
  assert(host === "fe80::1" || host.startsWith("fe80::1%"), host);
});

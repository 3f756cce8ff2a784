import { parseJoinLink } from "../shared/mod.ts";
import { KeyHolder } from "./support/key_holder.ts";
import { startTracker } from "./support/network.ts";
import { within } from "./support/waiting.ts";

/** Peers that name a port at which nobody speaks: each is one that the tracker tries. */
const peers = 4;

Deno.test("hostile 37: a tracker lets go of ports that accept connections and say nothing", async () => {
  await using tracker = await startTracker();
  const id = parseJoinLink(tracker.link)?.id ?? "";
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const tries = Array.from({ length: peers }, async () => {
    const bo = await KeyHolder.make();
    const { connection } = await bo.join(tracker.tlsPort, id, { port: silent.addr.port });
    using _session = connection;
    using tried = await silent.accept();
    await untilEnd(tried);
  });
  await within(Promise.all(tries));
});

/** Reads what comes, and answers nothing. */
async function untilEnd(connection: Deno.Conn): Promise<void> {
  const bytes = new Uint8Array(4096);
  while (await connection.read(bytes).catch(() => null) !== null);
}

/**
 * Waits until enough peers have announced enough files: `await_files.ts PORT PEERS FILES`. The
 * tracker must be open, as whoever asks shares nothing.
 */
import { RawConnection } from "../../../tests/support/raw_connection.ts";
import { eventually } from "../../../tests/support/waiting.ts";

/** Milliseconds that hashing and announcing may take. */
const patience = 120_000;

const [port = 0, peers = 1, files = 1] = Deno.args.map(Number);
using connection = await RawConnection.greet(port);
await eventually(async () => {
  const { peers: online = [] } = await connection.request("PEERS");
  const ready = (online as { files: number }[]).filter((peer) => peer.files >= files);
  return ready.length >= peers || undefined;
}, patience);

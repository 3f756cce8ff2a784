/**
 * Waits until enough peers have announced enough files: `await_files.ts TRACKER PEERS FILES`, where
 * TRACKER is a port, or a join link. The tracker must be open, as whoever asks shares nothing.
 */
import { KeyHolder } from "../../../tests/support/key_holder.ts";
import { RawConnection } from "../../../tests/support/raw_connection.ts";
import { eventually } from "../../../tests/support/waiting.ts";
import { parseJoinLink } from "../../../shared/mod.ts";

/** Milliseconds that hashing and announcing may take. */
const patience = 120_000;

const [tracker = "", ...counts] = Deno.args;
const [peers = 1, files = 1] = counts.map(Number);
using connection = await join(tracker);
await eventually(async () => {
  const { peers: online = [] } = await connection.request("PEERS");
  const ready = (online as { files: number }[]).filter((peer) => peer.files >= files);
  return ready.length >= peers || undefined;
}, patience);

async function join(tracker: string): Promise<RawConnection> {
  const link = parseJoinLink(tracker);
  if (link === undefined) return await RawConnection.greet(Number(tracker));
  const someone = await KeyHolder.make();
  const { connection } = await someone.greet({ ...link, purpose: "tracker" });
  return connection;
}

import { temporaryIdentity } from "../../../net/mod.ts";
import type { StartedTracker, Way } from "../lanyard.ts";
import { shareLines } from "./corpus.ts";
import { Doorbell } from "./doorbell.ts";
import { greetEncrypted } from "./encrypted_client.ts";
import { makeHolders } from "./holders.ts";
import { LineClient } from "./line_client.ts";
import { hello, pipelined } from "./requests.ts";

/** Bytes read at a time by each: its answers are short. */
const buffer = 512;

/** Peers that can join a tracker. */
export interface Crowd {
  way: Way;
  /** Opens what the tracker tries, to see whether they can be reached. */
  openDoorbell(): Doorbell;
  /** Joins as the peer of that number, with a file; `port` is that of the doorbell. */
  join(tracker: StartedTracker, number: number, port: number): Promise<LineClient>;
}

/** Any number of peers without keys. */
export const plainCrowd: Crowd = { way: "plain", openDoorbell: () => new Doorbell(), join };

async function join(
  tracker: StartedTracker,
  number: number,
  port: number,
): Promise<LineClient> {
  const client = await LineClient.connect(tracker.port, buffer);
  await client.send(pipelined([hello(`peer ${number}`, port), ...shareLines(number, 1)]));
  await client.answered(2);
  return client;
}

/**
 * Makes peers, each with a key of its own. The doorbell has another one: the tracker does as much
 * for each of them as if it were the peer's, and then finds that nobody can be reached.
 */
export async function encryptedCrowd(count: number): Promise<Crowd> {
  const [holders, doorKey] = await Promise.all([makeHolders(count), temporaryIdentity()]);
  return {
    way: "encrypted",
    openDoorbell: () => new Doorbell(doorKey),
    join: async (tracker, number, port): Promise<LineClient> => {
      const holder = holders[number];
      if (holder === undefined) throw new RangeError(`There is no peer ${number}`);
      const said = hello(`peer ${number}`, port);
      const { client, proof } = await greetEncrypted(tracker, holder, said, buffer);
      await client.send(pipelined([proof, ...shareLines(number, 1)]));
      await client.answered(2);
      return client;
    },
  };
}

import {
  type FoundFile,
  LanyardError,
  limits,
  type OnlinePeer,
  type SharePath,
} from "../shared/mod.ts";
import { describeSource } from "./records.ts";
import type { TrackerClient } from "./tracker_client/mod.ts";

/** Questions to the tracker whose answers may have several pages. */

/** What can be searched for beside the text. */
export interface SearchFilters {
  exact?: boolean;
  type?: string;
  minSize?: number;
  peer?: string;
  id?: string;
}

/** Files that fit, best first, at most `most`. */
export async function* search(
  client: TrackerClient,
  text: string,
  filters: SearchFilters,
  most = Infinity,
): AsyncGenerator<FoundFile> {
  let left = most;
  let cursor: string | undefined;
  do {
    const answer = await client.request({
      verb: "SEARCH",
      text,
      limit: Math.min(left, limits.pageEntries),
      ...filters,
      ...(cursor === undefined ? {} : { cursor }),
    });
    if (answer.verb === "NOT FOUND") return;
    yield* answer.files;
    left -= answer.files.length;
    cursor = answer.more;
  } while (cursor !== undefined && left > 0);
}

/** All files, or those of a peer, or those under a share path. */
export async function* list(
  client: TrackerClient,
  what: { peer?: string; under?: SharePath },
): AsyncGenerator<FoundFile> {
  let cursor: string | undefined;
  do {
    const answer = await client.request({
      verb: "LIST",
      ...what,
      ...(cursor === undefined ? {} : { cursor }),
    });
    if (answer.verb === "NOT FOUND") return;
    yield* answer.files;
    cursor = answer.more;
  } while (cursor !== undefined);
}

/**
 * Everybody who is online.
 *
 * @param inbox only those who take files that are sent to them, whether they share any or not
 */
export async function onlinePeers(client: TrackerClient, inbox = false): Promise<OnlinePeer[]> {
  const peers: OnlinePeer[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.request({
      verb: "PEERS",
      ...(inbox ? { inbox } : {}),
      ...(cursor === undefined ? {} : { cursor }),
    });
    peers.push(...page.peers);
    cursor = page.more;
  } while (cursor !== undefined);
  return peers;
}

/** Digits of an id that may stand for it: fewer name too many peers by accident. */
const fewestDigits = 4;

/**
 * The peer that a user means: by name, by the first digits of its id, or by address.
 *
 * @throws {LanyardError} `not-found`, or `ambiguous` naming those it could be.
 */
export async function findPeer(client: TrackerClient, wanted: string): Promise<OnlinePeer> {
  const peer = choosePeer(await onlinePeers(client), wanted);
  if (peer !== undefined) return peer;
  throw new LanyardError("not-found", `No peer "${wanted}" is online; peer peers shows who is`);
}

/**
 * The peer that a user means, among those who take files.
 *
 * @throws {LanyardError} `not-found`, `refused` if it takes none, `ambiguous`.
 */
export async function findReceiver(client: TrackerClient, wanted: string): Promise<OnlinePeer> {
  const peer = choosePeer(await onlinePeers(client, true), wanted);
  if (peer !== undefined) return peer;
  await findPeer(client, wanted);
  throw new LanyardError(
    "refused",
    `"${wanted}" takes no files; it has to run: peer share --inbox FOLDER`,
  );
}

/** @throws {LanyardError} `ambiguous` */
function choosePeer(peers: readonly OnlinePeer[], wanted: string): OnlinePeer | undefined {
  const isPrefix = wanted.length >= fewestDigits && /^[0-9a-f]+$/i.test(wanted);
  const named = peers.filter(({ name }) => name === wanted);
  const fitting = named.length > 0
    ? named
    : peers.filter(({ peer, address, port }) =>
      (isPrefix && peer.startsWith(wanted.toLowerCase())) || address === wanted ||
      `${address}:${port}` === wanted || `[${address}]:${port}` === wanted
    );
  if (fitting.length <= 1) return fitting[0];
  const choices = fitting.map((one) => `${one.peer.slice(0, 8)} (${describeSource(one)})`);
  throw new LanyardError(
    "ambiguous",
    `"${wanted}" may be any of these peers: ${
      choices.join(", ")
    }; give the digits, or the port too`,
  );
}

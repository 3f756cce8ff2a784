import {
  type FoundFile,
  LanyardError,
  limits,
  type OnlinePeer,
  type SharePath,
  type TrackerReply,
} from "../shared/mod.ts";
import { pages } from "./pages.ts";
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
  if (left <= 0) return;
  const found = pages(
    (cursor) => {
      const limit = Math.min(left, limits.pageEntries);
      return answered(client.request({ verb: "SEARCH", text, limit, ...filters, ...cursor }));
    },
    ({ files }) => files,
  );
  for await (const file of found) {
    yield file;
    if (--left === 0) return;
  }
}

/** Whether something that was found is a folder, which is copied by its path. */
export function isFolder({ files }: FoundFile): boolean {
  return files !== undefined;
}

/** A page of files, unless there is nothing to find. */
async function answered(
  asking: Promise<Extract<TrackerReply, { verb: "FOUND" | "NOT FOUND" }>>,
): Promise<Extract<TrackerReply, { verb: "FOUND" }> | undefined> {
  const answer = await asking;
  return answer.verb === "FOUND" ? answer : undefined;
}

/** All files, or those of a peer, or those under a share path. */
export function list(
  client: TrackerClient,
  what: { peer?: string; under?: SharePath },
): AsyncGenerator<FoundFile> {
  return pages(
    (cursor) => answered(client.request({ verb: "LIST", ...what, ...cursor })),
    ({ files }) => files,
  );
}

/**
 * Everybody who is online.
 *
 * @param inbox only those who take files that are sent to them, whether they share any or not
 */
export async function onlinePeers(client: TrackerClient, inbox = false): Promise<OnlinePeer[]> {
  return await Array.fromAsync(pages(
    (cursor) => client.request({ verb: "PEERS", ...(inbox ? { inbox } : {}), ...cursor }),
    (page) => page.peers,
  ));
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

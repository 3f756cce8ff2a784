import type { FoundFile, LanyardError, OnlinePeer } from "../../shared/mod.ts";
import type { FetchEvents } from "../download/fetch.ts";
import type { Candidates, Choice } from "../download/resolve.ts";
import type { SendEvents } from "../sending/send_all.ts";
import type { FoundOnDisk } from "../sharing/scan.ts";

/** What a shell needs of the network: asked for what is there, copies to here and to others. */
export interface Network {
  /** Files that fit a text, best first. */
  search(text: string): Promise<FoundFile[]>;
  /** Files of everybody, or of one peer; not more than are shown. */
  list(peer: string | undefined): Promise<FoundFile[]>;
  peers(): Promise<OnlinePeer[]>;
  /**
   * What a name may mean.
   *
   * @param peer only files of the peer with this id
   * @throws {LanyardError} `not-found`
   */
  resolve(name: string, peer?: string): Promise<Candidates>;
  /** Copies files to the download folder; the first error, if there was any. */
  download(choices: readonly Choice[], events: FetchEvents): Promise<LanyardError | undefined>;
  /** The files of a path on this disk. @throws {LanyardError} `not-found`, `usage` */
  gather(path: string): Promise<FoundOnDisk[]>;
  /** Who is meant, among those who take files. @throws {LanyardError} */
  receiver(name: string): Promise<OnlinePeer>;
  /** Sends files; the first error, if there was any. */
  upload(
    files: readonly FoundOnDisk[],
    to: OnlinePeer,
    events: SendEvents & { progress(number: number, bytes: number): void },
  ): Promise<LanyardError | undefined>;
}

/** What a shell shares with others. */
export interface OwnShare {
  /** The paths, as they were resolved. */
  readonly paths: readonly string[];
  /** Shares a path as well, from now on and in later runs; returns its real path. */
  add(path: string): Promise<string>;
  /** Shares a path no longer. @throws {LanyardError} `not-found` */
  remove(path: string): Promise<string>;
}

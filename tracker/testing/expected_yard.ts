import { limits, type SharedFile, type SharePath } from "../../shared/mod.ts";
import type { Audience, Holder, SourcesQuery } from "../index/mod.ts";
import { ModelIndex } from "../index/contract/model_index.ts";

/** Milliseconds for which a lost session is expected back. */
const lease = limits.leaseSeconds * 1000;

/** What one session announced, and the session after it if that took it over. */
export interface Tenure {
  /** Its number in the model: later ones have greater numbers, as they have at the tracker. */
  readonly holder: Holder;
  /** Who it belongs to: a machine, or the key on it. */
  readonly owner: number;
  readonly encrypted: boolean;
  readonly paths: Set<SharePath>;
  /** How the session at it calls itself, which no other does. */
  label: string;
  port: number;
  accepted: boolean;
  digest?: string;
}

/**
 * What a tracker has to answer, worked out in the simplest way from what peers did: an index that is
 * one list, and the rules of joining, leaving and coming back.
 */
export class ExpectedYard {
  readonly index = new ModelIndex();
  readonly online = new Set<Tenure>();
  readonly #mostFiles: number;
  /** Those that are expected back, and until when (ms). */
  readonly #lost = new Map<Tenure, number>();
  readonly #byHolder = new Map<Holder, Tenure>();
  #holders = 0;

  /** @param mostFiles files that a session may hold */
  constructor(mostFiles: number) {
    this.#mostFiles = mostFiles;
  }

  /** Somebody joins, maybe to go on with what a lost session of its has announced. */
  join(
    owner: number,
    { label, port, encrypted, digest }: Pick<Tenure, "label" | "port" | "encrypted" | "digest">,
  ): { tenure: Tenure; known: boolean } {
    const old = digest === undefined ? undefined : this.#reclaim(owner, digest, port);
    // A key that is a member in another session is one in this session, too.
    const accepted = [...this.online]
      .some((one) => encrypted && one.owner === owner && one.accepted);
    const tenure = old ?? this.#newTenure(owner, encrypted);
    Object.assign(tenure, { label, port, accepted: tenure.accepted || accepted });
    this.online.add(tenure);
    return { tenure, known: old !== undefined };
  }

  /** @returns whether there was room. */
  share(tenure: Tenure, files: readonly SharedFile[]): boolean {
    if (!this.index.put(tenure.holder, files, this.#mostFiles)) return false;
    delete tenure.digest;
    for (const { path } of files) tenure.paths.add(path);
    tenure.accepted ||= files.length > 0;
    return true;
  }

  unshare(tenure: Tenure, paths: readonly SharePath[]): void {
    delete tenure.digest;
    this.index.remove(tenure.holder, paths);
    for (const path of paths) tenure.paths.delete(path);
  }

  /** A session ends: if it said what its list is called, it is expected back. */
  leave(tenure: Tenure, isBye: boolean, now: number): void {
    this.online.delete(tenure);
    if (isBye || tenure.digest === undefined) return this.#forget(tenure);
    this.#lost.set(tenure, now + lease);
    this.index.setHidden(tenure.holder, true);
  }

  /** Gives up who did not come back in time. */
  expire(now: number): void {
    for (const [tenure, until] of this.#lost) if (until <= now) this.#forget(tenure);
  }

  /** The tracker ends and begins again: all are lost, and have as long as ever to come back. */
  restart(now: number): void {
    for (const tenure of [...this.online]) this.leave(tenure, false, now);
    for (const tenure of this.#lost.keys()) this.#lost.set(tenure, now + lease);
  }

  /** Who is at what the model calls this number. */
  labelOf(holder: Holder): string {
    return this.#byHolder.get(holder)?.label ?? "nobody";
  }

  /** Who has some content, and whether only in part. */
  sources(query: SourcesQuery): string[] {
    return this.index.sources(query)
      .map(({ holder, partial }) => JSON.stringify([this.labelOf(holder), partial]));
  }

  /** The members that somebody is told of, one for each key, in the order in which they came. */
  members({ plainOnly = false }: Audience): Tenure[] {
    const keys = new Set<number>();
    return [...this.online].sort((a, b) => a.holder - b.holder)
      .filter(({ owner, accepted, encrypted }) => {
        if (!accepted || (encrypted && (plainOnly || keys.has(owner)))) return false;
        if (encrypted) keys.add(owner);
        return true;
      });
  }

  #reclaim(owner: number, digest: string, port: number): Tenure | undefined {
    const isIt = (one: Tenure): boolean => one.owner === owner && one.digest === digest;
    const found = [...this.#lost.keys()].find(isIt) ??
      [...this.online].find((one) => isIt(one) && one.port === port);
    if (found === undefined) return undefined;
    this.#lost.delete(found);
    this.online.delete(found);
    this.index.setHidden(found.holder, false);
    return found;
  }

  #newTenure(owner: number, encrypted: boolean): Tenure {
    const holder = this.#holders++;
    const tenure = { holder, owner, encrypted, paths: new Set<SharePath>() };
    if (encrypted) this.index.markEncrypted(holder);
    const made = { ...tenure, label: "", port: 0, accepted: false };
    this.#byHolder.set(holder, made);
    return made;
  }

  #forget(tenure: Tenure): void {
    this.#lost.delete(tenure);
    this.#byHolder.delete(tenure.holder);
    this.index.drop(tenure.holder);
  }
}

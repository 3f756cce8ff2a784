import { basename, dirname, join } from "@std/path";
import {
  LanyardError,
  nameOf,
  parseSharePath,
  type SharePath,
  type Wire,
} from "../../shared/mod.ts";
import { type Destination, place } from "../download/destination.ts";
import { Engine } from "../download/engine.ts";
import type { FileModes } from "../download/file_modes.ts";
import { partPaths, toLanyardError } from "../download/placing.ts";
import { Present } from "../download/present.ts";
import { type Outcome, transfer } from "../download/transfer.ts";
import type { Wanted } from "../download/wanted.ts";
import type { HashCache } from "../sharing/hash_cache.ts";
import type { Inbox, Sender, Upload } from "../upload/mod.ts";
import { type Lent, LentSources } from "./lent_sources.ts";
import { Queues } from "./queues.ts";
import { type InboxRules, refusalOf, type Usage } from "./rules.ts";
import { InboxUsage } from "./usage.ts";

/** What an inbox tells. */
export interface InboxEvents {
  /** A file is in its place. `path` is where on this machine. */
  received(sender: Sender, upload: Upload, path: string): void;
  /** A file was not taken, or did not come. */
  failed(sender: Sender, upload: Upload, error: LanyardError): void;
}

/** What an inbox depends on. */
export interface FileInboxOptions {
  /** Real path of its folder. */
  root: string;
  rules: InboxRules;
  /** Asks whether a file is taken, if somebody is to be asked; `path` is where it would go. */
  ask?: (sender: Sender, upload: Upload, path: string) => Promise<boolean>;
  cache: HashCache;
  modes: FileModes;
  events: InboxEvents;
}

/** Milliseconds of silence after which a sender that is back is believed to have been away. */
const silentFor = 3000;
/** Files that one address sends at the same time: as many as our sender does, and not so many that
 * one that is slow on purpose has all the room in which files come. */
const atOnce = 4;
/** Milliseconds the writer is kept after the last file. */
const restAfter = 10_000;

/** A folder into which others may put files. */
export class FileInbox implements Inbox {
  readonly #options: FileInboxOptions;
  readonly #usage: InboxUsage;
  readonly #sources = new LentSources();
  readonly #present: Present;
  /** What is on its way, by its part. */
  readonly #arriving = new Map<string, { peer: string | undefined; lent: Lent }>();
  readonly #queues = new Queues(atOnce);
  #engine: Engine | undefined;
  #running = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FileInboxOptions) {
    this.#options = options;
    this.#usage = new InboxUsage(options.root);
    this.#present = new Present(options.cache);
  }

  async fetch(upload: Upload, sender: Sender, wire: Wire): Promise<SharePath> {
    const { events } = this.#options;
    try {
      const { path, stored } = await this.#take(upload, sender, wire);
      events.received(sender, upload, path);
      return stored;
    } catch (error) {
      const reason = toLanyardError(error);
      events.failed(sender, upload, reason);
      throw reason;
    }
  }

  /** Gives up what is on its way; senders may go on with it later. */
  async close(): Promise<void> {
    clearTimeout(this.#rest);
    this.#present.close();
    await this.#engine?.close();
  }

  async #take(
    upload: Upload,
    sender: Sender,
    wire: Wire,
  ): Promise<{ path: string; stored: SharePath }> {
    const { root, rules, ask } = this.#options;
    // No folder is made for what is not taken.
    await this.#usage.look();
    const folder = dirname(join(root, upload.path));
    const folders = await countMissing(root, folder);
    const usage = this.#usage.now(partOf(upload, { root, folder, name: nameOf(upload.path) }));
    refuse(upload, sender, rules, { ...usage, files: usage.files + folders });
    this.#usage.make(folders);
    const destination = await place(root, upload.path);
    const there = await this.#find(destination, upload);
    if (there !== undefined) return { path: there, stored: storedAs(upload.path, there) };
    if (
      ask !== undefined && !await ask(sender, upload, join(destination.folder, destination.name))
    ) {
      throw new LanyardError("refused", "It was declined");
    }
    const part = partOf(upload, destination);
    await this.#usage.look();
    // Others may have been let in meanwhile; from here to `expect` nobody is.
    refuse(upload, sender, rules, this.#usage.now(part));
    const settle = this.#usage.expect(upload.size, part);
    let came = false;
    try {
      const path = await this.#receive(upload, sender, wire, destination);
      came = true;
      return { path, stored: storedAs(upload.path, path) };
    } finally {
      settle(came);
    }
  }

  /** Where the content is already, if it is. @throws {LanyardError} `exists` if other content is. */
  async #find(destination: Destination, upload: Upload): Promise<string | undefined> {
    const path = join(destination.folder, destination.name);
    if (!await exists(path)) return undefined;
    const there = await this.#present.findAgain(destination, wantedOf(upload));
    if (there === path || upload.rename === true) return there;
    throw new LanyardError(
      "exists",
      `"${upload.path}" is there already with other content; to send it under another name, ` +
        "add --rename",
    );
  }

  async #receive(
    upload: Upload,
    sender: Sender,
    wire: Wire,
    destination: Destination,
  ): Promise<string> {
    const wanted = wantedOf(upload);
    const { peer, address } = sender;
    const { part } = partPaths({ destination, id: wanted.id, size: wanted.size });
    this.#makeWay(part, peer);
    const lent = this.#sources.lend(wire, address, peer !== undefined);
    this.#arriving.set(part, { peer, lent });
    this.#running++;
    clearTimeout(this.#rest);
    const engine = this.#engine ??= new Engine(this.#sources, this.#options.cache);
    try {
      const options = {
        taken: upload.rename === true ? "rename" : "refuse",
        modes: this.#options.modes,
        wait: false,
      } as const;
      const fetch = (): Promise<Outcome> =>
        transfer(engine, wanted, destination, [lent.source], options, {
          progress: () => {},
          sourceLost: () => {},
          waiting: () => {},
          waited: () => this.#find(destination, upload),
        });
      return (await this.#queues.use(address, fetch)).path;
    } catch (error) {
      if (lent.isOpen()) throw error;
      throw new LanyardError("closed", "The sender is gone; what has come is kept", {
        cause: error,
      });
    } finally {
      if (this.#arriving.get(part)?.lent === lent) this.#arriving.delete(part);
      if (--this.#running === 0) this.#rest = setTimeout(() => void this.#letGo(), restAfter);
      await lent.giveBack();
    }
  }

  /**
   * A sender that has got another address is back before its old connection is missed: it would
   * wait for that one, which has what came so far.
   */
  #makeWay(part: string, peer: string | undefined): void {
    const earlier = this.#arriving.get(part);
    if (peer === undefined || earlier?.peer !== peer) return;
    if (earlier.lent.silence() > silentFor) earlier.lent.giveUp();
  }

  async #letGo(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    await engine?.close();
  }
}

/** @throws {LanyardError} why a file is not taken, if it is not. */
function refuse(upload: Upload, sender: Sender, rules: InboxRules, usage: Usage): void {
  const refused = refusalOf(upload, sender, rules, usage);
  if (refused !== undefined) throw refused;
}

/** Below a share path, the name under which a file was stored in the end. */
function storedAs(path: SharePath, stored: string): SharePath {
  const folder = path.slice(0, path.length - nameOf(path).length);
  return parseSharePath(folder + basename(stored).normalize("NFC"));
}

function wantedOf({ id, size, modified = Date.now(), executable = false }: Upload): Wanted {
  return { id, size, modified, executable };
}

/** Where what has come of a file is kept. */
function partOf({ id, size }: Upload, destination: Destination): string {
  return partPaths({ destination, id, size }).part;
}

/** How many folders have to be made for one to be there. */
async function countMissing(root: string, folder: string): Promise<number> {
  let missing = 0;
  for (let at = folder; at !== root; at = dirname(at), missing++) {
    if (await Deno.lstat(at).then(() => true, () => false)) break;
  }
  return missing;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

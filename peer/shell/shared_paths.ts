import { resolve } from "@std/path";
import { LanyardError } from "../../shared/mod.ts";
import { writeMemory } from "../memory.ts";
import type { Peer } from "../peer.ts";
import { changeSettings } from "../settings.ts";
import { exclusion, Sharing, type SharingOptions } from "../sharing/mod.ts";
import type { OwnShare } from "./network.ts";

/** What sharing depends on. */
export interface SharedPathsOptions extends Pick<SharingOptions, "serving" | "inbox"> {
  /** Something does not work as it should; a sentence for people. */
  trouble(message: string): void;
  /** Somebody offers something. */
  offered(): void;
  /** What is shared has changed. */
  changed(): Promise<void>;
}

/** The folders and files that are shared while a shell runs, and kept in the settings. */
export class SharedPaths implements OwnShare {
  readonly #peer: Peer;
  readonly #options: SharedPathsOptions;
  #sharing: Sharing | undefined;
  #paths: readonly string[] = [];

  constructor(peer: Peer, options: SharedPathsOptions) {
    this.#peer = peer;
    this.#options = options;
  }

  get paths(): readonly string[] {
    return this.#paths;
  }

  /** Begins to share what is still there of some paths. */
  async start(paths: readonly string[]): Promise<void> {
    const there: string[] = [];
    for (const path of paths) {
      try {
        there.push(await Deno.realPath(path));
      } catch {
        this.#options.trouble(`${path} is not there any more, so it is not shared`);
      }
    }
    await this.#share(there);
  }

  async add(path: string): Promise<string> {
    const real = await realPath(path);
    if (this.#paths.includes(real)) return real;
    await this.#change([...this.#paths, real]);
    return real;
  }

  async remove(path: string): Promise<string> {
    const real = this.#paths.includes(path) ? path : resolve(path);
    if (!this.#paths.includes(real)) {
      throw new LanyardError("not-found", `${path} is not shared; to see what is, type: share`);
    }
    await this.#change(this.#paths.filter((one) => one !== real));
    return real;
  }

  /** Says BYE and stops serving. */
  async close(): Promise<void> {
    await this.#sharing?.close();
    this.#sharing = undefined;
  }

  async #change(paths: readonly string[]): Promise<void> {
    const earlier = this.#paths;
    try {
      await this.#share(paths);
    } catch (error) {
      await this.#share(earlier);
      throw error;
    }
    await changeSettings(this.#peer.stateFolder, { share: [...paths] });
    await this.#options.changed();
  }

  async #share(paths: readonly string[]): Promise<void> {
    await this.close();
    this.#paths = paths;
    const { inbox, offered, serving, trouble } = this.#options;
    if (paths.length === 0 && inbox === undefined) return await this.#forget();
    const sharing = await Sharing.start(this.#peer, this.#peer.door, {
      paths,
      exclusions: this.#peer.memory.excluded.map((glob) => exclusion(glob)),
      serving,
      ...(inbox === undefined ? {} : { inbox }),
      uploaded: () => {},
      changed: () => {},
      pushed: ({ verb }) => {
        if (verb === "OFFERED") offered();
      },
      trouble,
    });
    this.#sharing = sharing;
    const tell = (error: LanyardError): void => {
      if (this.#sharing === sharing) trouble(error.message);
    };
    sharing.ready.catch(tell);
    sharing.refused.catch(tell);
  }

  /** What is not shared any more is not announced by other commands either. */
  async #forget(): Promise<void> {
    this.#peer.memory.shares = [];
    await writeMemory(this.#peer.stateFolder, this.#peer.memory);
  }
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (cause) {
    throw new LanyardError("not-found", `There is no file or folder "${path}" to share`, { cause });
  }
}

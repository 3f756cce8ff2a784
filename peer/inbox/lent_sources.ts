import { LanyardError, type Source, type Wire } from "../../shared/mod.ts";
import { SourceLink } from "../download/source_link.ts";
import type { Sources } from "../download/sources.ts";

/** A sender's connection, as the source of the one file that it sends. */
export interface Lent {
  source: Source;
  /** Whether the sender is still there. */
  isOpen(): boolean;
  /** Milliseconds for which it has owed us something and sent nothing. */
  silence(): number;
  /** Waits for it no longer: what it sends fails. */
  giveUp(): void;
  /** Ends its use for us. @throws {LanyardError} `timeout` if the sender owes us something. */
  giveBack(): Promise<void>;
}

/** The connections over which others send us files: each is the only source of its file. */
export class LentSources implements Sources {
  readonly #links = new Map<string, SourceLink>();
  #lent = 0;

  /** Makes a connection a source, while its sender waits for us. */
  lend(wire: Wire, address: string, encrypted: boolean): Lent {
    // Ours alone: several files of one sender come over several connections.
    const peer = (++this.#lent).toString(16).padStart(64, "0");
    const link = SourceLink.borrow(wire);
    this.#links.set(peer, link);
    return {
      source: { peer, name: "sender", address, port: 1, reachable: true, encrypted },
      isOpen: () => link.isOpen,
      silence: () => link.silence(),
      giveUp: () => link.close(),
      giveBack: async () => {
        this.#links.delete(peer);
        try {
          await link.giveBack();
        } catch (error) {
          wire.close(); // Two who read from it would each get half of what comes.
          throw error;
        }
      },
    };
  }

  link({ peer }: Source): Promise<SourceLink> {
    const link = this.#links.get(peer);
    if (link?.isOpen) return Promise.resolve(link);
    // Not a failure that passes: the sender has to say again that it sends the file.
    return Promise.reject(new LanyardError("not-found", "The sender is gone"));
  }

  usable(sources: readonly Source[]): Source[] {
    return [...sources];
  }

  /** Nobody else is asked for what somebody sends. */
  find(): Promise<Source[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    for (const link of this.#links.values()) link.close();
    return Promise.resolve();
  }
}

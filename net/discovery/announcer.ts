import { isLoopback } from "../../shared/mod.ts";
import { Allowance } from "./allowance.ts";
import { type Ipv4Link, type Ipv6Link, type Link, linkKey, linksOf } from "./links.ts";
import { Mdns, type Ongoing } from "./mdns.ts";
import { Responder } from "./responder.ts";
import type { TrackerNotice } from "./tracker_notice.ts";

/** Milliseconds between looks at the interfaces: cables are plugged in, addresses change. */
const lookEvery = 3000;

/**
 * What does not work, for people.
 *
 * @param where the interface; all of them if empty
 */
export function cannotAnnounce({ message }: Error, where: string): string {
  const place = where === "" ? "" : ` on ${where}`;
  return `Peers may have to be told where this tracker is, because it cannot announce itself${place}: ${message}`;
}

/** Where and how a tracker makes itself known. */
export interface AnnouncerOptions {
  notice: TrackerNotice;
  /** The address that it listens on; `::` and `0.0.0.0` are all. */
  host: string;
  /** Told what does not work, and on which interface; everything else works all the same. */
  failed(error: Error, where: string): void;
}

/**
 * Makes a tracker known on every link of its machine, also those that come later: by multicast DNS,
 * and by answers to questions of our own where multicast does not get through.
 */
export class Announcer {
  readonly #mdns: Mdns;
  readonly #responder: Responder;
  readonly #options: AnnouncerOptions;
  readonly #open = new Map<string, { link: Link; ongoing: Promise<Ongoing | undefined> }>();
  /** What was said to have failed. */
  readonly #reported = new Set<string>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #ipv4: Promise<Ongoing | undefined>;

  private constructor(mdns: Mdns, options: AnnouncerOptions) {
    this.#mdns = mdns;
    this.#options = options;
    this.#responder = new Responder(options.notice, new Allowance());
    this.#ipv4 = this.#attempt("", async () => {
      const socket = await this.#responder.answerIpv4(() => this.#ipv4Links());
      return { close: () => Promise.resolve(socket.close()) };
    });
    this.#look();
    this.#timer = setInterval(() => this.#look(), lookEvery);
  }

  /**
   * Loads what announcing needs, for which files have to be read.
   *
   * @returns starts announcing, for which only the network is needed
   */
  static async load(): Promise<(options: AnnouncerOptions) => Announcer> {
    const mdns = await Mdns.load();
    return (options) => new Announcer(mdns, options);
  }

  /** Says goodbye on every link. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const all = [this.#ipv4, ...[...this.#open.values()].map(({ ongoing }) => ongoing)];
    this.#open.clear();
    await Promise.all(all.map((ongoing) => this.#end(ongoing)));
  }

  /** An interface that is gone may not let anybody say goodbye on it. */
  async #end(ongoing: Promise<Ongoing | undefined>): Promise<void> {
    try {
      await (await ongoing)?.close();
    } catch (error) {
      this.#report(error instanceof Error ? error : new Error(String(error)), "");
    }
  }

  #ipv4Links(): Ipv4Link[] {
    return [...this.#open.values()].map(({ link }) => link)
      .filter((link) => link.family === "IPv4");
  }

  /** Opens what came, and closes what is gone. */
  #look(): void {
    const links = new Map(
      linksOf(Deno.networkInterfaces(), this.#options.host).map((link) => [linkKey(link), link]),
    );
    for (const [key, { ongoing }] of this.#open) {
      if (links.has(key)) continue;
      this.#open.delete(key);
      void this.#end(ongoing);
    }
    for (const [key, link] of links) {
      if (this.#open.has(key)) continue;
      const ongoing = this.#attempt(link.name, () => this.#announce(link));
      this.#open.set(key, { link, ongoing });
    }
  }

  async #announce(link: Ipv4Link | Ipv6Link): Promise<Ongoing> {
    if (link.family === "IPv6") {
      const socket = await this.#responder.answerIpv6(link);
      return { close: () => Promise.resolve(socket.close()) };
    }
    // This machine itself asks by broadcast, which needs nothing more.
    if (isLoopback(link.address)) return { close: () => Promise.resolve() };
    return this.#mdns.publish(
      link,
      this.#options.notice,
      (error) => this.#report(error, link.name),
    );
  }

  async #attempt(where: string, open: () => Promise<Ongoing>): Promise<Ongoing | undefined> {
    try {
      return await open();
    } catch (error) {
      this.#report(error instanceof Error ? error : new Error(String(error)), where);
      return undefined;
    }
  }

  /** Says the same once only. */
  #report(error: Error, where: string): void {
    const key = `${where} ${error.message}`;
    if (this.#reported.has(key) || this.#reported.size > 100) return;
    this.#reported.add(key);
    this.#options.failed(error, where);
  }
}

import type { Bonjour, Service } from "bonjour-service";
import type { Ipv4Link } from "./links.ts";
import { MdnsSocket } from "./mdns_socket.ts";
import { fromTxt, hostName, instanceName, serviceType, toTxt } from "./service_record.ts";
import type { TrackerNotice } from "./tracker_notice.ts";

/** Milliseconds that saying goodbye may take. */
const farewell = 500;
/** Milliseconds after which a question is asked again: a datagram may get lost. */
const askAgain = 800;

/** Something that goes on until it is closed. */
export interface Ongoing {
  close(): Promise<void>;
}

/** Multicast DNS over IPv4, with one speaker for each link: without a default route, one for all is mute. */
export class Mdns {
  readonly #make: (link: Ipv4Link, failed: (error: Error) => void) => Bonjour;

  private constructor(make: (link: Ipv4Link, failed: (error: Error) => void) => Bonjour) {
    this.#make = make;
  }

  /** Loads the library, which takes about as long as the rest of a program's start. */
  static async load(): Promise<Mdns> {
    const { Bonjour } = await import("bonjour-service");
    return new Mdns((link, failed) => {
      // Options of the library below, which the types do not have.
      const options = { interface: link.address, bind: "0.0.0.0", socket: new MdnsSocket(link) };
      return new Bonjour(options as object, failed);
    });
  }

  /** Announces a tracker on a link, and answers who asks for trackers there. */
  publish(link: Ipv4Link, notice: TrackerNotice, failed: (error: Error) => void): Ongoing {
    const bonjour = this.#make(link, failed);
    bonjour.publish({
      name: instanceName(notice),
      type: serviceType,
      protocol: "tcp",
      port: notice.tlsPort ?? notice.port ?? 0,
      host: hostName(notice),
      txt: toTxt(notice),
      // The name has the id in it, so it is nobody else's.
      probe: false,
      disableIPv6: true,
    });
    return { close: () => close(bonjour) };
  }

  /**
   * Asks for trackers on a link.
   *
   * @param heard told of each notice, and of the address that sent it
   */
  browse(
    link: Ipv4Link,
    heard: (notice: TrackerNotice, host: string) => void,
    failed: (error: Error) => void,
  ): Ongoing {
    const bonjour = this.#make(link, failed);
    const browser = bonjour.find({ type: serviceType, protocol: "tcp" });
    const take = ({ txt, referer }: Service): void => {
      const notice = fromTxt(Object(txt));
      // The records name any address they like; who sent them is somewhere.
      if (notice !== undefined && referer !== undefined) heard(notice, referer.address);
    };
    browser.on("up", take);
    browser.on("txt-update", take);
    const timer = setTimeout(() => browser.update(), askAgain);
    return {
      close: async () => {
        clearTimeout(timer);
        browser.stop();
        await close(bonjour);
      },
    };
  }
}

/** Takes back what was announced, and closes the socket. */
async function close(bonjour: Bonjour): Promise<void> {
  const said = Promise.withResolvers<void>();
  const timer = setTimeout(said.resolve, farewell);
  bonjour.unpublishAll(() => said.resolve());
  await said.promise;
  clearTimeout(timer);
  await new Promise<void>((resolve) => bonjour.destroy(() => resolve()));
}

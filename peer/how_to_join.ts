import { defaultPorts, formatEndpoint, isLinkLocal, isLoopback } from "../shared/mod.ts";
import type { Endpoint } from "./net.ts";
import type { Peer } from "./peer.ts";

/** How others can use the same tracker: what to type, and what to do where that is not enough. */
export function howToJoin(peer: Peer, tracker: Endpoint, isHosted: boolean): string[] {
  const { ways, otherwise } = waysTo(peer, tracker, isHosted);
  return [
    "On another machine, type one of:",
    ...ways.flatMap((way) => [
      `  peer share FOLDER${way}`,
      `  peer search TEXT --share FOLDER${way}`,
    ]),
    ...otherwise,
  ];
}

/** How others take what is offered there. */
export function howToTake(peer: Peer, tracker: Endpoint, isHosted: boolean): string[] {
  const { ways, otherwise } = waysTo(peer, tracker, isHosted);
  return [
    "On the other machines, type:",
    ...ways.map((way) => `  peer receive${way}`),
    ...otherwise,
  ];
}

/** The options behind a command that lead to the tracker, and what to say if they do not. */
function waysTo(
  { options: { plain, discovery, tracker: given } }: Peer,
  tracker: Endpoint,
  isHosted: boolean,
): { ways: string[]; otherwise: string[] } {
  const places = placesOf(tracker, plain);
  const plainly = plain ? " --plain" : "";
  const isFound = discovery && (isHosted || !given);
  const ways = isFound ? [""] : places.map((place) => ` --tracker ${place}`);
  return {
    ways: ways.map((way) => way + plainly),
    otherwise: isFound ? [`If it finds no tracker there, add --tracker ${places[0]}`] : [],
  };
}

/** Where others reach a tracker, as they can type it. */
function placesOf({ host, port }: Endpoint, plain: boolean): string[] {
  const isHere = isLoopback(host) || host === "localhost";
  const usualPort = plain ? defaultPorts.tracker : defaultPorts.trackerTls;
  return (isHere ? ownAddresses() : [host]).map((one) =>
    one.includes(":") || port !== usualPort ? formatEndpoint(one, port) : one
  );
}

/** The addresses of this machine that others can type. */
function ownAddresses(): string[] {
  const addresses = Deno.networkInterfaces()
    .filter(({ address }) => !isLoopback(address) && !isLinkLocal(address))
    .sort((a, b) => a.family.localeCompare(b.family))
    .map(({ address }) => address);
  return addresses.length === 0 ? ["127.0.0.1"] : addresses.slice(0, 2);
}

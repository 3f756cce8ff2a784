import { isLinkLocal, isLoopback } from "../../shared/mod.ts";

/**
 * The IPv6 group in which trackers are asked for: on this link only, and not assigned by anybody
 * (RFC 4291, section 2.7); the rest is "Lanyard" in ASCII.
 */
export const group = "ff12::4c:616e:7961:7264";

/** One address of this machine, as `Deno.networkInterfaces` tells it. */
export type InterfaceAddress = Pick<
  Deno.NetworkInterfaceInfo,
  "name" | "family" | "address" | "netmask" | "cidr"
>;

/** A network that this machine is on, over IPv4. */
export interface Ipv4Link {
  readonly family: "IPv4";
  readonly name: string;
  /** Our own address there. */
  readonly address: string;
  /** Bits of an address that all machines there have in common. */
  readonly prefix: number;
  /** The address of all machines there. */
  readonly broadcast: string;
}

/** A network that this machine is on, over IPv6. */
export interface Ipv6Link {
  readonly family: "IPv6";
  /** The interface, which is the zone of its addresses. */
  readonly name: string;
}

export type Link = Ipv4Link | Ipv6Link;

/**
 * Links that are used at most: a machine that runs containers may have hundreds of interfaces, and
 * each link takes some sockets.
 */
const mostLinks = 32;

/**
 * The links of a machine, those that lead to others first.
 *
 * @param host the address that is listened on; `::` and `0.0.0.0` are all
 */
export function linksOf(addresses: readonly InterfaceAddress[], host = "::"): Link[] {
  const usable = addresses.filter((one) => isUsedBy(host, one));
  const four = usable.filter(({ family }) => family === "IPv4").flatMap(ipv4Link);
  const zones = usable
    .filter(({ family, address }) => family === "IPv6" && !isLoopback(address)).map(({ name }) =>
      name
    );
  const six = [...new Set(zones)].map((name) => ({ family: "IPv6", name }) as const);
  const outside = four.filter(({ address }) => !isLoopback(address));
  const inside = four.filter(({ address }) => isLoopback(address));
  return [...outside.slice(0, mostLinks), ...six.slice(0, mostLinks), ...inside.slice(0, 1)];
}

/** The links to other machines over IPv4, which are those that multicast DNS is of use on. */
export function ipv4LinksIn(links: readonly Link[]): Ipv4Link[] {
  return links.filter((link) => link.family === "IPv4")
    .filter(({ address }) => !isLoopback(address));
}

/** Each interface that leads to others, with our addresses there: `eth0 (10.0.0.2, IPv6)`. */
export function describeLinks(links: readonly Link[]): string[] {
  const addresses = new Map<string, string[]>();
  for (const link of links) {
    if (link.family === "IPv4" && isLoopback(link.address)) continue;
    const address = link.family === "IPv4" ? link.address : link.family;
    addresses.set(link.name, [...addresses.get(link.name) ?? [], address]);
  }
  return [...addresses].map(([name, all]) => `${name} (${all.join(", ")})`);
}

/** Whether two links are the same: what was opened for one does for the other. */
export function linkKey(link: Link): string {
  return link.family === "IPv6"
    ? `6 ${link.name}`
    : `4 ${link.name} ${link.address}/${link.prefix}`;
}

/**
 * Whether a datagram came from a machine of one of these links, and not from behind a gateway. An
 * IPv6 address that is not link-local cannot be told apart, and does not count.
 *
 * @param source without a zone
 */
export function isNeighbour(source: string, links: readonly Link[]): boolean {
  if (isLinkLocal(source)) return links.some(({ family }) => family === "IPv6");
  const bits = ipv4Bits(source);
  if (bits === undefined) return false;
  return links.some((link) => {
    if (link.family !== "IPv4") return false;
    const mask = maskOf(link.prefix);
    return (bits & mask) === ((ipv4Bits(link.address) ?? 0) & mask);
  });
}

/** Whoever listens on one address only is not announced where it cannot be reached. */
function isUsedBy(host: string, { family, address }: InterfaceAddress): boolean {
  if (host === "::") return true;
  if (host === "0.0.0.0") return family === "IPv4";
  return address === host;
}

/** A link of two machines, such as a tunnel, has no address of all, and the other one is its end. */
function ipv4Link({ name, address, cidr }: InterfaceAddress): Ipv4Link[] {
  const prefix = Number(/\/(\d+)$/.exec(cidr)?.[1] ?? 32);
  const bits = ipv4Bits(address);
  if (bits === undefined || prefix > 30 || prefix < 1) return [];
  const broadcast = ipv4Text(bits | ~maskOf(prefix));
  return [{ family: "IPv4", name, address, prefix, broadcast }];
}

function maskOf(prefix: number): number {
  return -1 << (32 - prefix);
}

function ipv4Bits(address: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return undefined;
  return address.split(".").reduce((bits, part) => (bits << 8) | Number(part), 0);
}

function ipv4Text(bits: number): string {
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join(".");
}

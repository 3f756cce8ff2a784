import { isLinkLocal, isLoopback, LanyardError, parseEndpoint } from "../../shared/mod.ts";

/** An address of this machine. */
export type OwnAddress = Pick<Deno.NetworkInterfaceInfo, "family" | "address">;

/** Where a join link leads to. */
export interface LinkHost {
  host: string;
  /** Addresses of this machine that the link might lead to just as well. */
  others: string[];
}

/**
 * The address of this machine that goes into a join link: the first one that other machines can
 * reach, of IPv4 if there is one.
 *
 * @throws {LanyardError} `usage` if there is none.
 */
export function ownLinkHost(addresses: readonly OwnAddress[]): LinkHost {
  const reachable = addresses
    .filter(({ address }) => !isLoopback(address) && !isLinkLocal(address))
    .sort((a, b) => a.family.localeCompare(b.family));
  const [first, ...others] = reachable;
  if (first === undefined) {
    throw new LanyardError(
      "usage",
      "This machine is on no network; say how others reach it with --address",
    );
  }
  return {
    host: first.address,
    others: others.filter(({ family }) => family === first.family).map(({ address }) => address),
  };
}

/**
 * A host as the operator gave it.
 *
 * @throws {LanyardError} `usage` if it is none, or more than that.
 */
export function givenLinkHost(text: string): LinkHost {
  const endpoint = parseEndpoint(text, 0);
  if (endpoint === undefined || endpoint.port !== 0 || /[#?]/.test(text)) {
    throw new LanyardError("usage", "--address takes a host name or an IP address, without a port");
  }
  return { host: endpoint.host, others: [] };
}

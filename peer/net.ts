import { type Certificates, encrypt, type Endpoint } from "../net/mod.ts";
import {
  formatEndpoint,
  isLinkLocal,
  LanyardError,
  reasonOf,
  type Source,
  zoneOf,
} from "../shared/mod.ts";

export type { Endpoint };

/** Milliseconds a machine on the same network has to accept a connection. */
const connectPatience = 5000;

/**
 * Opens a TCP connection.
 *
 * @throws {LanyardError} `unreachable`, in words that say what to look at.
 */
export async function connectTo(
  { host, port }: Endpoint,
  signal?: AbortSignal,
): Promise<Deno.TcpConn> {
  const patience = AbortSignal.timeout(connectPatience);
  try {
    const connection = await Deno.connect({
      hostname: host,
      port,
      signal: signal === undefined ? patience : AbortSignal.any([patience, signal]),
    });
    connection.setNoDelay(true);
    return connection;
  } catch (cause) {
    throw new LanyardError("unreachable", whyUnreachable(formatEndpoint(host, port), cause), {
      cause,
    });
  }
}

function whyUnreachable(where: string, cause: unknown): string {
  if (cause instanceof Deno.errors.ConnectionRefused) return `Nothing listens at ${where}`;
  if (cause instanceof Error && cause.message.startsWith("failed to lookup address")) {
    return `No machine with the name in ${where} is known here`;
  }
  if (cause instanceof Error && cause.name === "TimeoutError") {
    return `${where} does not answer; is it on this network, and does its firewall let us in?`;
  }
  return `Cannot reach ${where}: ${reasonOf(cause)}`;
}

/** Whether nobody answered at all, as behind a firewall, rather than refused or failed. */
export function isFiltered(error: unknown): boolean {
  return error instanceof LanyardError && error.code === "unreachable" &&
    error.cause instanceof Error && error.cause.name === "TimeoutError";
}

/**
 * Opens an encrypted connection to the peer with that id and to no other.
 *
 * @throws {LanyardError} `unreachable`, or `wrong-key` if somebody else is there.
 */
export async function connectToPeer(
  endpoint: Endpoint,
  id: string,
  certificates: Certificates,
  signal?: AbortSignal,
): Promise<Deno.TlsConn> {
  const certificate = await certificates.get(id, endpoint, signal);
  const encrypted = await encrypt(await connectTo(endpoint, signal), endpoint, certificate);
  if (encrypted !== undefined) return encrypted;
  throw new LanyardError("wrong-key", "It is not the peer that the tracker named");
}

/**
 * Where to reach a source. A link-local address travels without its zone, which only this machine
 * can know: it is that of our own connection to the tracker, or, if the tracker runs here, that of
 * our own link.
 */
export function endpointOf(
  { address, port }: Pick<Source, "address" | "port">,
  tracker: Endpoint,
): Endpoint {
  if (!isLinkLocal(address)) return { host: address, port };
  const zone = zoneOf(tracker.host) || ownZone();
  return { host: zone === "" ? address : `${address}%${zone}`, port };
}

/** The first of this machine's links that has link-local addresses; empty if none has. */
function ownZone(): string {
  return Deno.networkInterfaces().find(({ address }) => isLinkLocal(address))?.name ?? "";
}

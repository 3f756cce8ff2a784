import { defaultPorts, LanyardError } from "../shared/mod.ts";

/** A port as the command line says it; 0 takes a free one. */
export type GivenPort = number | "off";

/** What the command line says of ports; what is not said is missing. */
export interface GivenPorts {
  port?: GivenPort;
  tlsPort?: GivenPort;
  httpPort?: GivenPort;
  tlsOnly: boolean;
  inviteOnly: boolean;
}

/** The ports that a tracker listens on; a missing one is off. */
export interface Ports {
  /** For plain connections. */
  port: number | undefined;
  /** For encrypted connections. */
  tlsPort: number | undefined;
  /** For the operator; `orFree` says that any other port will do. */
  http: { port: number; orFree: boolean } | undefined;
}

/**
 * Makes of what was said the ports to listen on.
 *
 * @throws {LanyardError} `usage` if that makes no sense.
 */
export function choosePorts(
  { port, tlsPort, httpPort, tlsOnly, inviteOnly }: GivenPorts,
): Ports {
  const closing = inviteOnly ? "--invite-only" : tlsOnly ? "--tls-only" : undefined;
  // Any free port that nobody can count on contradicts nothing.
  if (closing !== undefined && typeof port === "number" && port !== 0) {
    throw usage(`${closing} closes the port for plain connections; leave out --port`);
  }
  if (closing !== undefined && tlsPort === "off") {
    throw usage(`${closing} needs encrypted connections; leave out --tls-port off`);
  }
  if (port === "off" && tlsPort === "off") {
    throw usage("Nobody could connect; leave out --port off or --tls-port off");
  }
  return {
    port: closing === undefined ? open(port ?? defaultPorts.tracker) : undefined,
    // Whoever wants any free port does not want to be stopped by one that is taken.
    tlsPort: open(tlsPort ?? (port === 0 ? 0 : defaultPorts.trackerTls)),
    http: httpPort === "off"
      ? undefined
      : { port: httpPort ?? defaultPorts.trackerHttp, orFree: httpPort === undefined },
  };
}

function open(port: GivenPort): number | undefined {
  return port === "off" ? undefined : port;
}

function usage(message: string): LanyardError {
  return new LanyardError("usage", message);
}

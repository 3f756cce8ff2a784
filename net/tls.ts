import { connect, type TLSSocket } from "node:tls";
import { encodeBase64 } from "@std/encoding";
import { certificateName, formatEndpoint, LanyardError, reasonOf, zoneOf } from "../shared/mod.ts";
import { Deadline } from "./deadline.ts";
import { Detour } from "./detour.ts";

/** Where something listens. */
export interface Endpoint {
  host: string;
  port: number;
}

/** Milliseconds a machine on the same network has for a connection or a handshake. */
const patience = 5000;

/**
 * Fetches the certificate that a server shows, whoever it is: nothing is sent over that connection,
 * and nothing it says is believed before the certificate is known to be the right one.
 *
 * @returns PEM
 * @throws {LanyardError} `unreachable` if nothing answers there, or not in TLS.
 */
export async function fetchCertificate(
  endpoint: Endpoint,
  signal?: AbortSignal,
): Promise<string> {
  if (zoneOf(endpoint.host) === "") return await fetchFrom(endpoint, endpoint, signal);
  using detour = new Detour(await dial(endpoint, signal));
  return await fetchFrom(detour.endpoint, endpoint, signal);
}

/** A connection for a detour. @throws {LanyardError} `unreachable` */
async function dial(endpoint: Endpoint, signal?: AbortSignal): Promise<Deno.TcpConn> {
  const { host: hostname, port } = endpoint;
  using deadline = new Deadline(patience);
  const { signal: late } = deadline;
  try {
    const either = signal === undefined ? late : AbortSignal.any([late, signal]);
    return await Deno.connect({ hostname, port, signal: either });
  } catch (cause) {
    if (late.aborted || !(cause instanceof Error)) throw silent(endpoint);
    throw unreachable(endpoint, cause);
  }
}

/** @param endpoint what errors call it */
async function fetchFrom(
  { host, port }: Endpoint,
  endpoint: Endpoint,
  signal?: AbortSignal,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const socket = connect({ host, port, rejectUnauthorized: false, servername: certificateName });
  const stop = (): void => reject(silent(endpoint));
  const timer = setTimeout(stop, patience);
  signal?.addEventListener("abort", stop);
  socket.on("error", (cause) => reject(unreachable(endpoint, cause)));
  socket.on("close", stop);
  socket.on("secureConnect", () => {
    const shown = certificateOf(socket);
    if (shown === undefined) reject(notEncrypted(endpoint));
    else resolve(shown);
  });
  try {
    return toPem(await promise);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    socket.destroy();
  }
}

/**
 * Encrypts a connection, if the other side has the key of that very certificate.
 *
 * @returns nothing if it has another one; the connection is closed then
 * @throws {LanyardError} `unreachable` if it does not speak TLS, or falls silent.
 */
export async function encrypt(
  connection: Deno.TcpConn,
  endpoint: Endpoint,
  certificate: string,
): Promise<Deno.TlsConn | undefined> {
  const encrypted = await Deno.startTls(connection, {
    hostname: certificateName,
    caCerts: [certificate],
  });
  const timer = setTimeout(() => encrypted.close(), patience);
  try {
    await encrypted.handshake();
    return encrypted;
  } catch (cause) {
    close(encrypted);
    const message = reasonOf(cause);
    if (/InvalidContentType/.test(message)) throw notEncrypted(endpoint);
    if (cause instanceof Deno.errors.InvalidData) return undefined;
    throw silent(endpoint);
  } finally {
    clearTimeout(timer);
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed for its silence.
  }
}

/** Missing where the server is none, on versions of Deno that say it is secure all the same. */
function certificateOf(socket: TLSSocket): Uint8Array | undefined {
  return (socket.getPeerCertificate() as { raw?: Uint8Array } | undefined)?.raw;
}

function toPem(der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

function unreachable(endpoint: Endpoint, cause: Error & { code?: string }): LanyardError {
  if (/WRONG_VERSION|InvalidContentType/.test(`${cause.code} ${cause.message}`)) {
    return notEncrypted(endpoint);
  }
  const where = formatEndpoint(endpoint.host, endpoint.port);
  const message = cause.code === "ECONNREFUSED"
    ? `Nothing listens at ${where}`
    : cause.code === "ENOTFOUND" || /lookup/.test(cause.message)
    ? `No machine with the name in ${where} is known here`
    : `Cannot reach ${where}: ${cause.message}`;
  return new LanyardError("unreachable", message, { cause });
}

function notEncrypted({ host, port }: Endpoint): LanyardError {
  return new LanyardError(
    "unreachable",
    `What listens at ${formatEndpoint(host, port)} does not encrypt; ` +
      "name its encrypted port, or use --plain where nobody minds who listens",
  );
}

function silent({ host, port }: Endpoint): LanyardError {
  return new LanyardError(
    "unreachable",
    `${formatEndpoint(host, port)} does not answer; is it on this network, and does its firewall ` +
      "let us in?",
  );
}

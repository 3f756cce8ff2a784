import type { Certificates } from "../net/mod.ts";
import {
  decodeMessage,
  encodeMessage,
  fromErrorMessage,
  LanyardError,
  LineReader,
  peerReplies,
  type PeerReply,
  type PeerRequest,
  protocolVersion,
  syntaxError,
  Wire,
} from "../shared/mod.ts";
import type { Membership } from "./membership.ts";
import { connectTo, connectToPeer, type Endpoint } from "./net.ts";

/** How we introduce ourselves to a peer that we have connected to. */
export interface PeerGreeting {
  /** What we call ourselves, for people. */
  name?: string;
  /** Who we are, and the id of the peer whose key the connection has; missing without encryption. */
  secure?: { membership: Membership; peer: string };
  /** What it said when it called us. */
  token?: string;
  /** Gives up a peer that does not answer. */
  signal?: AbortSignal;
}

type Reply<V extends PeerReply["verb"]> = Extract<PeerReply, { verb: V }>;

/** Milliseconds a peer has to greet us. */
const patience = 30_000;

/**
 * Connects to a peer and greets it: with encryption, if the greeting says who we are.
 *
 * @param certificates those of peers that we have met
 * @param chunk bytes read together with a line
 * @throws {LanyardError} `unreachable`, `wrong-key`, `version`, or what the peer answers.
 */
export async function meetPeer(
  endpoint: Endpoint,
  greeting: PeerGreeting,
  certificates: Certificates,
  chunk?: number,
): Promise<Wire> {
  const { secure, signal } = greeting;
  const connection = secure === undefined
    ? await connectTo(endpoint, signal)
    : await connectToPeer(endpoint, secure.peer, certificates, signal);
  const wire = new Wire(connection, new LineReader(), chunk);
  await greetPeer(wire, greeting);
  return wire;
}

/**
 * Greets over a new connection, and where it is encrypted shows ticket and proof. If that fails the
 * connection is closed.
 *
 * @throws {LanyardError} `version`, `ticket`, `timeout`, or what the peer answers.
 */
export async function greetPeer(wire: Wire, greeting: PeerGreeting = {}): Promise<void> {
  const { signal } = greeting;
  let givenUp: LanyardError | undefined;
  const giveUp = (error: LanyardError): void => {
    givenUp ??= error;
    wire.close();
  };
  const late = (): void => giveUp(new LanyardError("timeout", "The peer does not answer"));
  const stop = (): void => giveUp(new LanyardError("closed", "The connection was given up"));
  const timer = setTimeout(late, patience);
  signal?.addEventListener("abort", stop);
  try {
    if (signal?.aborted) stop();
    await introduce(wire, greeting);
  } catch (error) {
    wire.close();
    throw givenUp ?? error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

async function introduce(wire: Wire, { name, secure, token }: PeerGreeting): Promise<void> {
  const ticket = secure?.membership.ticket;
  const hello: PeerRequest = {
    verb: "HELLO",
    version: protocolVersion,
    ...(name === undefined ? {} : { name }),
    ...(ticket === undefined ? {} : { ticket }),
    ...(token === undefined ? {} : { token }),
  };
  const { nonce } = await ask(wire, hello, "HI", () => wire.readFirstLine());
  if (secure === undefined) return;
  if (nonce === undefined) throw new LanyardError("syntax", "The peer asks for no proof");
  const proof = secure.membership.prove(nonce, secure.peer);
  await ask(wire, { verb: "PROVE", ...proof }, "OK", () => wire.readLine());
}

async function ask<V extends PeerReply["verb"]>(
  wire: Wire,
  request: PeerRequest,
  verb: V,
  read: () => Promise<Uint8Array | undefined>,
): Promise<Reply<V>> {
  void wire.send(encodeMessage(request));
  const line = await read();
  if (line === undefined) throw new LanyardError("closed", "The peer closed the connection");
  const reply = decodeMessage(peerReplies, line);
  if (reply.verb === "ERROR") throw fromErrorMessage(reply);
  if (reply.verb !== verb) throw syntaxError(`The peer sent an unexpected ${reply.verb}`);
  return reply as Reply<V>;
}

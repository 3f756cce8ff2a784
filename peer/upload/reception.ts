import {
  decodeMessage,
  decodeText,
  encodeMessage,
  isClassicDownload,
  LanyardError,
  limits,
  type PeerReply,
  type PeerRequest,
  peerRequests,
  type Proof,
  protocolVersion,
  syntaxError,
  type Wire,
} from "../../shared/mod.ts";

/** Who has shown that it may be served, and with what. */
export interface Guest {
  peer: string;
  /** The only content it may have, if not everything. */
  only?: { id: string; size: number };
}

/** Asks everybody who connects for a ticket and a proof of whose it is. */
export interface Guard {
  /** Makes up what is to be signed. */
  challenge(): string;
  /** @throws {LanyardError} fatal, if whoever connected may not be served. */
  admit(nonce: string, ticket: string | undefined, proof: Proof): Guest;
  /** The id of whoever connected. @throws {LanyardError} `wrong-key`, fatal. */
  identify(nonce: string, proof: Proof): string;
  /** Has `tell` called with each peer that is no longer to be served. */
  onRevoked(tell: (peer: string) => void): void;
}

/** Waits for peers that were asked to connect. */
export interface Switchboard {
  /**
   * A peer has connected because it was called, or says so.
   *
   * @param peer its id, if it has proven one
   * @returns what takes the connection over, and ends when it is done with it.
   * @throws {LanyardError} `refused`, fatal, if nobody waits for that peer with that token.
   */
  answer(token: string, peer: string | undefined): Promise<(wire: Wire) => Promise<void>>;
}

/** What whoever connected to us has turned out to be. */
export type Visitor =
  | { kind: "gone" }
  /** A client that knows no greeting, and what it asks for. */
  | { kind: "classic"; request: string }
  /** A peer that may be served; nobody knows which without encryption. */
  | { kind: "guest"; guest: Guest | undefined; name: string | undefined }
  /** A peer that we called. */
  | { kind: "called"; peer?: string; take(wire: Wire): Promise<void> };

type Hello = Extract<PeerRequest, { verb: "HELLO" }>;

/**
 * Receives whoever has connected: the first line tells the dialect, and where a guard is on duty
 * nothing is served before it has admitted the visitor.
 *
 * @throws {LanyardError} what the visitor is to be told, fatal.
 */
export async function receive(
  wire: Wire,
  guard: Guard | undefined,
  switchboard: Switchboard | undefined,
): Promise<Visitor> {
  const line = await wire.readFirstLine();
  if (line === undefined) return { kind: "gone" };
  const text = decodeText(line).trim();
  if (isClassicDownload(text) && guard === undefined) return { kind: "classic", request: text };
  if (!text.startsWith("HELLO {")) throw syntaxError("The first line must be HELLO or DOWNLOAD:");
  const hello = decodeMessage(peerRequests, line);
  if (hello.verb !== "HELLO" || hello.version < protocolVersion) {
    throw new LanyardError("version", `This peer speaks version ${protocolVersion}`, {
      fatal: true,
    });
  }
  const nonce = guard?.challenge();
  send(wire, {
    verb: "HI",
    version: protocolVersion,
    ...(nonce === undefined ? {} : { nonce }),
    limits: { line: limits.lineBytes, outstanding: limits.outstandingBytes },
  });
  if (guard === undefined || nonce === undefined) return await receivePlain(hello, switchboard);
  const proof = await readProof(wire);
  if (proof === undefined) return { kind: "gone" };
  const visitor = await judge(hello, guard, nonce, proof, switchboard);
  send(wire, { verb: "OK", accepted: true });
  return visitor;
}

async function receivePlain(
  { token, name }: Hello,
  switchboard: Switchboard | undefined,
): Promise<Visitor> {
  if (token === undefined || switchboard === undefined) {
    return { kind: "guest", guest: undefined, name };
  }
  return { kind: "called", take: await switchboard.answer(token, undefined) };
}

async function judge(
  { token, ticket, name }: Hello,
  guard: Guard,
  nonce: string,
  proof: Proof,
  switchboard: Switchboard | undefined,
): Promise<Visitor> {
  // Whoever was called need not be accepted: it is we who want something.
  if (token !== undefined && switchboard !== undefined) {
    const peer = guard.identify(nonce, proof);
    return { kind: "called", peer, take: await switchboard.answer(token, peer) };
  }
  return { kind: "guest", guest: guard.admit(nonce, ticket, proof), name };
}

async function readProof(wire: Wire): Promise<Proof | undefined> {
  const line = await wire.readLine();
  if (line === undefined) return undefined;
  const request = decodeMessage(peerRequests, line);
  if (request.verb === "BYE") return undefined;
  if (request.verb === "PROVE") return request;
  throw new LanyardError("order", "Nothing is served here before PROVE", { fatal: true });
}

function send(wire: Wire, reply: PeerReply): void {
  void wire.send(encodeMessage(reply));
}

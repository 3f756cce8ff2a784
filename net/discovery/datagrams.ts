import {
  decodeMessage,
  discoveryMessages,
  encodeMessage,
  LanyardError,
  type MessageOf,
  protocolVersion,
} from "../../shared/mod.ts";
import type { TrackerNotice } from "./tracker_notice.ts";

/**
 * Bytes that a question has at least, and an answer at most: nobody can have more sent to somebody
 * else than he sends himself, so a forged sender is of no use to him.
 */
export const questionBytes = 512;

/** Bytes of the longest datagram that is looked at: any network carries that in one piece. */
export const longestDatagram = 1200;

/** An answer, and the nonce of the question that it belongs to. */
export interface Answer {
  nonce: string;
  notice: TrackerNotice;
}

/**
 * The question where a tracker is.
 *
 * @param nonce 32 random bytes, base64url
 */
export function encodeQuestion(nonce: string): Uint8Array<ArrayBuffer> {
  const question = { verb: "WHERE", version: protocolVersion, nonce, padding: "" };
  question.padding = "-".repeat(questionBytes - encodeMessage(question).length);
  return encodeMessage(question);
}

/** The nonce of a question that is to be answered; nothing if it is none. */
export function decodeQuestion(datagram: Uint8Array): string | undefined {
  if (datagram.length < questionBytes) return undefined;
  const message = decode(datagram);
  return message?.verb === "WHERE" ? message.nonce : undefined;
}

/**
 * A tracker's answer.
 *
 * @throws {RangeError} if it would be longer than a question: no valid label makes it that long.
 */
export function encodeAnswer({ nonce, notice }: Answer): Uint8Array<ArrayBuffer> {
  const { name, id, port, tlsPort } = notice;
  const answer = { verb: "HERE", version: protocolVersion, nonce, name, id, port, tlsPort };
  const datagram = encodeMessage(answer); // A key without a value is not written.
  if (datagram.length > questionBytes) throw new RangeError("The answer is longer than a question");
  return datagram;
}

/** What an answer says; nothing if it is none, or of a tracker that listens nowhere. */
export function decodeAnswer(datagram: Uint8Array): Answer | undefined {
  const message = decode(datagram);
  if (message?.verb !== "HERE") return undefined;
  const { nonce, version: _, verb: __, ...notice } = message;
  if (notice.port === undefined && notice.tlsPort === undefined) return undefined;
  return { nonce, notice };
}

/** A datagram is one line with its LF. Whatever else comes is no business of ours. */
function decode(datagram: Uint8Array): MessageOf<typeof discoveryMessages> | undefined {
  const end = datagram.indexOf(0x0a);
  if (datagram.length > longestDatagram || end !== datagram.length - 1) return undefined;
  try {
    return decodeMessage(discoveryMessages, datagram.subarray(0, end));
  } catch (error) {
    if (error instanceof LanyardError) return undefined;
    throw error;
  }
}

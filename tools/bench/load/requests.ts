import { concat } from "@std/bytes";

const encoder = new TextEncoder();

/** A request as it goes over the wire. */
export function request(verb: string, body: Record<string, unknown> = {}): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${verb} ${JSON.stringify(body)}\n`);
}

/** The HELLO of a peer that serves files at `port`. */
export function hello(name: string, port: number): Uint8Array<ArrayBuffer> {
  return request("HELLO", { version: 2, name, port });
}

/** Several requests, to be sent together. */
export function pipelined(requests: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat(requests);
}

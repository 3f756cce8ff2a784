import { concat } from "@std/bytes";
import { decodeText, LanyardError } from "../../shared/mod.ts";
import { parseStrictJson } from "../../shared/strict_json.ts";

/** Bytes of a body: a name or an id, or an error that names several peers. */
export const bodyBytes = 4096;

/**
 * Reads the JSON in the body of a request or a response.
 *
 * @throws {LanyardError} `too-many` if it is longer than `bodyBytes`, `syntax` if it is no JSON.
 */
export async function readJson(body: ReadableStream<Uint8Array> | null): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > bodyBytes) {
      throw new LanyardError("too-many", `A body has at most ${bodyBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return parseStrictJson(decodeText(concat(chunks)));
}

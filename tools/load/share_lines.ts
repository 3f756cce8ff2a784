import { request } from "../bench/load/requests.ts";
import { limits } from "../../shared/mod.ts";
import type { LoadFile } from "./collection.ts";

/** Bytes of a line that are not those of its files. */
const frame = 'SHARE {"files":[]}\n'.length;
const encoder = new TextEncoder();

/** Some files that are announced together. */
export interface ShareLine {
  bytes: Uint8Array<ArrayBuffer>;
  files: number;
}

/** The lines that announce some files, each as full as a line may be. */
export function shareLines(files: Iterable<LoadFile>): ShareLine[] {
  const lines: ShareLine[] = [];
  let texts: string[] = [];
  let length = frame;
  const finish = (): void => {
    if (texts.length === 0) return;
    const bytes = encoder.encode(`SHARE {"files":[${texts.join(",")}]}\n`);
    lines.push({ bytes, files: texts.length });
    [texts, length] = [[], frame];
  };
  for (const file of files) {
    const text = JSON.stringify(file);
    const bytes = byteLength(text) + 1;
    if (length + bytes > limits.lineBytes) finish();
    texts.push(text);
    length += bytes;
  }
  finish();
  return lines;
}

/** The line that takes files back. */
export function unshareLine(files: readonly LoadFile[]): Uint8Array<ArrayBuffer> {
  return request("UNSHARE", { paths: files.map(({ path }) => path) });
}

/** Bytes of a text in UTF-8, without making them. */
function byteLength(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // A pair of surrogates is four bytes: two for each half.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

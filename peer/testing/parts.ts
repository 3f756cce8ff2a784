/** A file of three pieces, and parts of it, for tests of downloads. */
import { hashPieces, idFromPieces, pieceSpan } from "../../shared/mod.ts";
import { noise } from "../../tests/support/network.ts";
import type { Destination } from "../download/destination.ts";
import { type Finish, PartFile } from "../download/part_file.ts";
import { type PartOptions, type PartPaths, partPaths } from "../download/placing.ts";

/** What is downloaded: two full pieces and one of 5 bytes. */
export const content = noise(2 * 1024 * 1024 + 5, 7);
export const hashes = hashPieces(content);
export const id = idFromPieces(hashes, content.length);

/** The bytes of one piece. */
export function pieceOf(piece: number): Uint8Array {
  const { offset, length } = pieceSpan(content.length, piece);
  return content.subarray(offset, offset + length);
}

/** The content as a download into a folder. */
export function optionsFor(folder: string, name = "file.bin"): PartOptions {
  return { destination: destinationIn(folder, name), id, size: content.length };
}

/** A place directly in a folder. */
export function destinationIn(folder: string, name: string): Destination {
  return { root: folder, folder, name };
}

/** Where the part and its record are. */
export function pathsIn(folder: string, name?: string): PartPaths {
  return partPaths(optionsFor(folder, name));
}

/** Opens a part that nobody else has, and looks at what is there. */
export async function openPart(folder: string, name?: string): Promise<PartFile> {
  const part = await PartFile.open(optionsFor(folder, name), () => {
    throw new Error("Somebody else has the part");
  });
  part.resume(hashes);
  part.prepare();
  return part;
}

/** Opens a part and writes those pieces. */
export async function openPartWith(folder: string, pieces: readonly number[]): Promise<PartFile> {
  const part = await openPart(folder);
  for (const piece of pieces) part.write(piece, pieceOf(piece), hashes);
  return part;
}

/** How files are finished unless a test wants otherwise. */
export const plainFinish: Finish = {
  modified: Date.UTC(2020, 1, 2, 3, 4, 5),
  mode: 0o644,
  taken: "rename",
};

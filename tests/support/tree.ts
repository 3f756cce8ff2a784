import { join } from "@std/path";

/** What `treeOf` says of a file: enough to tell whether a copy is the same. */
export interface Leaf {
  content: Uint8Array;
  /** Unix time in ms. */
  modified: number | undefined;
  executable: boolean;
}

/** Every file below a folder by its path in it, hidden ones too. */
export async function treeOf(folder: string, under = ""): Promise<Map<string, Leaf>> {
  const tree = new Map<string, Leaf>();
  for await (const { name, isDirectory } of Deno.readDir(join(folder, under))) {
    const path = under === "" ? name : `${under}/${name}`;
    const disk = join(folder, path);
    if (isDirectory) {
      for (const [inner, leaf] of await treeOf(folder, path)) tree.set(inner, leaf);
      continue;
    }
    const { mtime, mode } = await Deno.stat(disk);
    const executable = ((mode ?? 0) & 0o100) !== 0;
    const content = await Deno.readFile(disk);
    tree.set(path, { content, modified: mtime?.getTime(), executable });
  }
  return tree;
}

/** The paths of every file below a folder, in order. */
export async function pathsIn(folder: string): Promise<string[]> {
  return [...(await treeOf(folder)).keys()].sort();
}

import { join } from "@std/path";

/** POSIX permissions of new files. */
export interface FileModes {
  plain: number;
  executable: number;
}

/**
 * The permissions that the user's mask leaves to new files, seen on one that is made in `folder`
 * and removed: to ask for the mask itself is a permission that not every Deno knows.
 */
export async function newFileModes(folder: string): Promise<FileModes> {
  const probe = join(folder, `mask-${crypto.randomUUID()}`);
  const file = await Deno.open(probe, { createNew: true, write: true, mode: 0o777 });
  try {
    const mode = (await file.stat()).mode ?? 0o777;
    return { plain: mode & 0o666, executable: mode & 0o777 };
  } finally {
    file.close();
    await Deno.remove(probe);
  }
}

import { dirname } from "@std/path";

/** What tells one file of this machine from all others, and whose it is. */
export interface OpenFile {
  dev: number;
  ino: number;
  uid: number;
}

/**
 * Looks at a path while somebody may be exchanging one of its folders for a link, to and fro: each
 * look finds out half of those who do, because they cannot foresee whether it is at the folders or
 * at the file.
 */
const looks = 32;
/** Milliseconds after which a folder's last change has nothing to do with what we just saw. */
const longAgo = 10_000;

/**
 * Whether a path leads to an open file, and by no link: neither the file nor any folder above it is
 * one. There is no call that opens a file and promises this, so it is found out afterwards, and in a
 * way that nobody gets around who has rights to one of the folders but not to the file.
 */
export function isInPlace(path: string, file: OpenFile): boolean {
  if (!leadsTo(path, file)) return false;
  const state = foldersAbove(path, file);
  if (state !== "moving") return state === "still";
  return crypto.getRandomValues(new Uint8Array(looks)).every((random) =>
    random % 2 === 0 ? leadsTo(path, file) : foldersAbove(path, file) !== "replaced"
  );
}

/** Whether a path leads to a file, maybe by links above it. */
function leadsTo(path: string, { dev, ino }: Pick<OpenFile, "dev" | "ino">): boolean {
  const named = lookAt(path);
  return named !== undefined && named.isFile && named.dev === dev && named.ino === ino;
}

/**
 * The folders above a file: `replaced` if one is a link or gone; `moving` if one of them was changed
 * just now by somebody to whom the file may not belong; else `still`. Looked at from the inmost
 * outwards: what a later look finds unchanged was the same at all earlier ones.
 */
function foldersAbove(path: string, file: OpenFile): "replaced" | "moving" | "still" {
  let state: "moving" | "still" = "still";
  let inner: Pick<Deno.FileInfo, "uid"> = file;
  for (let folder = dirname(path);; folder = dirname(folder)) {
    const info = lookAt(folder);
    if (info?.isDirectory !== true) return "replaced";
    if (!isOwnersOnly(info, inner, file.uid) && !isOld(info)) state = "moving";
    if (dirname(folder) === folder) return state;
    inner = info;
  }
}

/**
 * Whether nobody can exchange what is in a folder but the file's owner, who could give it away
 * anyhow, and the administrator. Also where the system does not say.
 */
function isOwnersOnly(
  folder: Deno.FileInfo,
  inner: Pick<Deno.FileInfo, "uid">,
  owner: number,
): boolean {
  if (folder.uid === null || folder.mode === null) return true;
  const isTheirs = ({ uid }: Pick<Deno.FileInfo, "uid">): boolean => uid === owner || uid === 0;
  const othersWrite = (folder.mode & 0o022) !== 0;
  // In a sticky folder, such as that for temporary files, everybody can move their own things only.
  const isSticky = (folder.mode & 0o1000) !== 0 && isTheirs(inner);
  return isTheirs(folder) && (!othersWrite || isSticky);
}

/** Whether nothing in a folder was exchanged lately: no call can set this time back. */
function isOld({ ctime }: Deno.FileInfo): boolean {
  return ctime !== null && Date.now() - ctime.getTime() > longAgo;
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined; // Gone, or not to be seen: then it is not in its place either.
  }
}

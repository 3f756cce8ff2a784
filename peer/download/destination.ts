import { dirname, join, SEPARATOR } from "@std/path";
import {
  LanyardError,
  nameOf,
  parseSharePath,
  reasonOf,
  type SharePath,
  utf8Length,
} from "../../shared/mod.ts";
import { isUnfinished } from "../sharing/left_out.ts";

/**
 * Names from the network become paths here and nowhere else.
 */

/** Where a download goes: a checked folder and a name in it. */
export interface Destination {
  /** Real path of the folder that the user chose. */
  root: string;
  /** Real path of the folder the file goes into: `root` or below it. */
  folder: string;
  /** Name of the file in that folder. */
  name: string;
}

/** Device names of Windows, which it finds in every folder and before every extension. */
const reserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?$/i;

/** Says why a system cannot hold a name that is legal on the wire, or nothing if it can. */
export function systemNameFault(name: string, os: string): string | undefined {
  if (isUnfinished(name)) return "it is the name of an unfinished download";
  if (os !== "windows") return undefined;
  if (/[<>:"|?*]/.test(name)) return "it has a character that Windows does not allow";
  if (/[. ]$/.test(name)) return "it ends with a dot or a space";
  if (reserved.test(name.replace(/ +(?=\.|$)/, ""))) return "it is the name of a Windows device";
  return undefined;
}

/**
 * The folder the user chose for downloads, made if it is missing.
 *
 * @throws {LanyardError} `io` if it cannot be used.
 */
export async function openDownloadFolder(folder: string): Promise<string> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    return await Deno.realPath(folder);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists || error instanceof Deno.errors.NotADirectory) {
      throw new LanyardError("io", `"${folder}" is not a folder`);
    }
    throw new LanyardError("io", `Cannot download to "${folder}": ${reasonOf(error)}`);
  }
}

/**
 * The place of a received share path below a folder. Folders on the way are made one by one, and
 * each must be a folder and no link.
 *
 * @param root real path of the folder that the user chose
 * @param path from the network
 * @param known folders below the root that this run has made or checked already; grows
 * @throws {LanyardError} `syntax` if the path is not a share path, `unsupported-name` if this
 * system cannot hold it, `io` if something is in its way.
 */
export async function place(
  root: string,
  path: string,
  known: Set<string> = new Set(),
): Promise<Destination> {
  const checked: SharePath = parseSharePath(path);
  const components = checked.split("/");
  for (const component of components) {
    const fault = systemNameFault(component, Deno.build.os);
    if (fault !== undefined) {
      throw new LanyardError("unsupported-name", `"${component}" cannot be stored here: ${fault}`);
    }
  }
  let folder = root;
  for (const component of components.slice(0, -1)) {
    const inner = join(folder, component);
    folder = known.has(inner) ? inner : await enterFolder(folder, inner);
    known.add(folder);
  }
  const destination = { root, folder, name: nameOf(checked) };
  checkFolder(destination);
  return destination;
}

/**
 * Checks again that the destination's folder is where it was: below the root, with no link on the
 * way. Called before the first byte is written and before the file gets its name.
 *
 * @throws {LanyardError} `io` if it is not.
 */
export function checkFolder({ root, folder }: Destination): void {
  let real: string | undefined;
  try {
    real = Deno.realPathSync(folder);
  } catch {
    real = undefined; // Gone: the same answer.
  }
  const below = folder === root ||
    folder.startsWith(root.endsWith(SEPARATOR) ? root : root + SEPARATOR);
  if (real !== folder || !below) {
    throw new LanyardError("io", `The folder ${folder} was moved or replaced`);
  }
}

/**
 * Makes a folder if it is missing. Its real path is in the same parent, or it is a link; but its
 * name there may be spelled in another way, on disks that do not tell `photos` from `Photos`.
 */
async function enterFolder(parent: string, folder: string): Promise<string> {
  try {
    await makeFolder(folder);
    const real = (await Deno.lstat(folder)).isDirectory ? await Deno.realPath(folder) : "";
    if (dirname(real) === parent) return real;
  } catch (error) {
    throw new LanyardError("io", `Cannot make the folder ${folder}: ${reasonOf(error)}`);
  }
  throw new LanyardError("io", `Cannot make the folder ${folder}: something else is there`);
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Bytes a file name may have on common file systems. */
const longestName = 255;
/** Characters from a name's last dot on that are taken for its extension. */
const longestExtension = 32;

/** The name to try if others are taken: `name (2).ext`; the stem is cut to fit 255 bytes. */
export function numberedName(name: string, number: number): string {
  if (number < 2) return name;
  const dot = name.lastIndexOf(".");
  const hasExtension = dot > 0 && name.length - dot <= longestExtension;
  const [stem, extension] = hasExtension ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  const suffix = ` (${number})${extension}`;
  let characters = [...stem];
  while (utf8Length(characters.join("") + suffix) > longestName) {
    characters = characters.slice(0, -1);
  }
  return characters.join("") + suffix;
}

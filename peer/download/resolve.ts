import {
  fold,
  type FoundFile,
  LanyardError,
  limits,
  nameOf,
  type Source,
} from "../../shared/mod.ts";
import { isFolder, list, search } from "../find.ts";
import { formatBytes, printable } from "../output.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import type { Target } from "./target.ts";

/** A file to fetch: its content, where it goes below the download folder, and who has it. */
export interface Choice {
  /** Share path below the download folder. */
  path: string;
  file: FoundFile & { id: string };
  /** Some of the sources; the tracker knows them all. */
  sources: Source[];
}

/** What the user asked for may be one of these; each is a set of files. */
export type Candidates = { label: string; files: Choice[] }[];

/** Files and folders of one name that are looked at, which is all that a tracker tells. */
const mostOfOneName = 1000;
/** Partial matches shown when no name fits. */
const suggestions = 5;

/**
 * Finds what a target may mean: one candidate where it is clear.
 *
 * @param peer only files of the peer with this id
 * @throws {LanyardError} `not-found`, with names that are similar.
 */
export async function resolve(
  client: TrackerClient,
  target: Target,
  peer: string | undefined,
): Promise<Candidates> {
  switch (target.kind) {
    case "name":
      return await resolveName(client, target.name, peer);
    case "id":
      return await resolveId(client, target, peer);
    case "path":
      return await resolvePath(client, target, peer);
  }
}

/**
 * Chooses a file that was found, to be kept under its own name.
 *
 * @throws {LanyardError} `unsupported` if nothing could prove that it came right.
 */
export function choiceOf(found: FoundFile): Choice {
  const { id, name, sources } = found;
  if (id === undefined) throw unverifiable();
  return { path: name, file: { ...found, id }, sources };
}

async function resolveName(
  client: TrackerClient,
  name: string,
  peer: string | undefined,
): Promise<Candidates> {
  const filter = peer === undefined ? {} : { peer };
  const found = await collect(search(client, name, { exact: true, ...filter }, mostOfOneName));
  check(found, (file) => fold(file.name) === fold(name));
  const files = found.filter((file) => !isFolder(file));
  if (files.length > 0) return single(verifiable(files));
  if (found.length > 0) throw onlyFolders(name, found);
  throw notFound(name, await collect(search(client, name, filter, suggestions)));
}

async function resolveId(
  client: TrackerClient,
  { id, size, name }: Extract<Target, { kind: "id" }>,
  peer: string | undefined,
): Promise<Candidates> {
  const filters = {
    id,
    ...(peer === undefined ? {} : { peer }),
    ...(size === undefined ? {} : { minSize: size }),
  };
  const answer = await collect(search(client, "", filters, limits.pageEntries));
  check(answer, (file) => file.id === id);
  const found = answer.filter((file) => size === undefined || file.size === size);
  if (found.length === 0) throw new LanyardError("not-found", "Nobody online has this content");
  // One content under several names is one file, whatever it is called.
  const bySize = new Map(verifiable(found).toReversed().map((file) => [file.size, file]));
  const named = name === undefined ? {} : { name };
  return single([...bySize.values()].map((file) => ({ ...file, ...named })));
}

async function resolvePath(
  client: TrackerClient,
  { path, folder }: Extract<Target, { kind: "path" }>,
  peer: string | undefined,
): Promise<Candidates> {
  const under = path;
  const found = await collect(list(client, peer === undefined ? { under } : { under, peer }));
  check(found, (file) => file.path === path || file.path.startsWith(`${path}/`));
  if (found.length === 0) throw new LanyardError("not-found", `Nobody online shares "${path}"`);
  const files = folder ? [] : found.filter((file) => file.path === path);
  if (files.length > 0) return single(distinct(verifiable(files)));
  return folders(path, verifiable(found));
}

/** Nobody gets a file, or a place for one, that was not asked for. */
function check(answer: readonly FoundFile[], isAsked: (file: FoundFile) => boolean): void {
  if (answer.every((file) => isAsked(file) && file.name === nameOf(file.path))) return;
  throw new LanyardError("syntax", "The tracker answered with files that were not asked for");
}

/** A folder belongs to a peer: those of several peers are one candidate only if they are alike. */
function folders(path: string, found: readonly (FoundFile & { id: string })[]): Candidates {
  const parent = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
  const byOwner = new Map<string, { owner: Source; files: Choice[] }>();
  for (const file of found) {
    const [owner] = file.sources;
    if (owner === undefined) continue;
    const entry = byOwner.get(owner.peer) ?? { owner, files: [] };
    byOwner.set(owner.peer, entry);
    entry.files.push({ path: file.path.slice(parent.length), file, sources: file.sources });
  }
  const bySet = new Map<string, { label: string; files: Choice[] }>();
  for (const { owner, files } of byOwner.values()) {
    const set = files.map(({ path, file }) => `${path}\n${file.id}\n${file.size}`).sort().join(
      "\n",
    );
    const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
    const label = `${path}/ of ${printable(owner.name)} (${owner.peer.slice(0, 8)}), ` +
      `${files.length} files, ${formatBytes(bytes)}`;
    if (!bySet.has(set)) bySet.set(set, { label, files });
  }
  return [...bySet.values()];
}

function single(files: readonly (FoundFile & { id: string })[]): Candidates {
  return files.map((file) => ({
    label: describeChoice(file),
    files: [choiceOf(file)],
  }));
}

function describeChoice({ path, size, id, sources }: FoundFile): string {
  const names = sources.map(({ name, peer }) => `${printable(name)} (${peer.slice(0, 8)})`);
  return `${printable(path)}, ${formatBytes(size)}, id ${id?.slice(0, 8)}, from ${
    names.join(", ")
  }`;
}

/** Several peers may list one content under one path. */
function distinct(files: readonly (FoundFile & { id: string })[]): (FoundFile & { id: string })[] {
  return [...new Map(files.map((file) => [`${file.id} ${file.size}`, file])).values()];
}

/** Files without an id come from classic peers only: nothing could prove that they came right. */
function verifiable(files: readonly FoundFile[]): (FoundFile & { id: string })[] {
  const fit = files.flatMap((file) => file.id === undefined ? [] : [{ ...file, id: file.id }]);
  if (fit.length === 0) throw unverifiable();
  return fit;
}

function unverifiable(): LanyardError {
  return new LanyardError(
    "unsupported",
    "Only a classic peer shares this; its content could not be verified, so it is not copied",
  );
}

function onlyFolders(name: string, found: readonly FoundFile[]): LanyardError {
  const commands = [...new Set(found.map(({ path }) => `peer get "${printable(path)}/"`))]
    .slice(0, suggestions);
  return new LanyardError(
    "not-found",
    `"${name}" is a folder; to copy it: ${commands.join(" or ")}`,
  );
}

function notFound(name: string, similar: readonly FoundFile[]): LanyardError {
  const names = [...new Set(similar.map((file) => `${file.name}${isFolder(file) ? "/" : ""}`))];
  const hint = names.length === 0
    ? ""
    : `; similar names: ${names.map((name) => printable(name)).join(", ")}`;
  return new LanyardError("not-found", `No file is named "${name}"${hint}`);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  return await Array.fromAsync(items);
}

import { formatEndpoint, type FoundFile, type OnlinePeer, type Source } from "../shared/mod.ts";
import { formatBytes, printable } from "./output.ts";

/** How files and peers are shown, to programs and to people. */

/** A found file as programs get it, or a folder, which has a number of files. */
export function fileRecord(
  { name, path, size, modified, id, type, files, sources }: FoundFile,
): unknown {
  return {
    name,
    path,
    size,
    modified,
    id: id ?? null,
    type,
    ...(files === undefined ? {} : { files }),
    sources: sources.map(({ peer, name, address, port }) => ({ peer, name, address, port })),
  };
}

/** A found file or folder as people get it. */
export function describeFile(file: FoundFile): string {
  const [first] = file.sources;
  const others = file.peers > 1 ? ` and ${file.peers - 1} more` : "";
  const from = first === undefined ? "" : `${describeSource(first)}${others}`;
  return [
    `${printable(file.path)}${file.files === undefined ? "" : "/"}`,
    file.type === "" ? "-" : printable(file.type),
    file.files === undefined ? formatBytes(file.size) : describeAmount(file.files, file.size),
    formatDate(file.modified),
    from,
  ].join("  ");
}

/** A peer's label and where it is. */
export function describeSource(
  { name, address, port }: Pick<Source, "name" | "address" | "port">,
): string {
  return `${printable(name)} at ${formatEndpoint(address, port)}`;
}

/** A peer that is online as people get it. @param all those it is shown with */
export function describePeer(one: OnlinePeer, all: readonly OnlinePeer[]): string {
  const where = one.port === 0 ? "not serving" : formatEndpoint(one.address, one.port);
  const reach = one.port === 0 || one.reachable ? "" : ", behind a firewall";
  const amount = describeAmount(one.files, one.bytes);
  return `${distinctName(one, all)}  ${where}${reach}  ${amount}`;
}

function describeAmount(files: number, bytes: number): string {
  return `${files} ${files === 1 ? "file" : "files"}, ${formatBytes(bytes)}`;
}

/** Tells two peers of one name apart: `ana` alone, but `ana·k3f9` where there are two. */
export function distinctName(
  { name, peer }: { name: string; peer: string },
  all: readonly { name: string; peer: string }[],
): string {
  const alike = all.some((other) => other.name === name && other.peer !== peer);
  return alike ? `${printable(name)}·${peer.slice(0, 4)}` : printable(name);
}

/** Unix time in ms as `2026-11-21 14:03`, local time. */
export function formatDate(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

import { idWords } from "../../net/mod.ts";
import { decodeBase64Url } from "@std/encoding";
import { formatJoinLink, printable, printableJson, showsUtf8 } from "../../shared/mod.ts";
import type { Decision, Status } from "./answers.ts";
import { ControlClient } from "./client.ts";
import { givenLinkHost, ownLinkHost } from "./link_host.ts";

/** Where a command prints. */
export interface CommandOutput {
  /** One JSON object and nothing else. */
  json: boolean;
  /** Whether a person looks at what is printed. */
  isTerminal: boolean;
  print(line: string): void;
  /** A line beside the results. */
  warn(line: string): void;
}

/** What `tracker invite` can be told. */
export interface InviteOptions {
  /** Makes a new key first. */
  rotate: boolean;
  /** How others reach this machine. */
  address?: string;
  /** Whether to draw the link even if nobody seems to look. */
  qr: boolean;
}

/** `tracker status`: how the tracker is. */
export async function showStatus(folder: string, output: CommandOutput): Promise<void> {
  const status = await new ControlClient(folder).status();
  output.print(output.json ? printableJson(status) : await describeStatus(status));
}

/** `tracker invite`: prints a join link, which is a secret if it is needed to join. */
export async function showInvite(
  folder: string,
  { rotate, address, qr }: InviteOptions,
  output: CommandOutput,
): Promise<void> {
  const { host, others } = address === undefined
    ? ownLinkHost(Deno.networkInterfaces())
    : givenLinkHost(address);
  const { id, tlsPort: port, key } = await new ControlClient(folder).invite(rotate);
  const secret = key === undefined ? {} : { key: decodeBase64Url(key) };
  const link = formatJoinLink({ host, port, id, ...secret });
  output.print(output.json ? printableJson({ link, host, port, id }) : link);
  if (!output.json && (qr || output.isTerminal)) output.print(await draw(link, output.isTerminal));
  if (others.length > 0) {
    output.warn(`This machine is also ${others.join(", ")}: --address says which one to use`);
  }
  if (key === undefined) output.warn("This tracker takes everybody, also without this link");
  else output.warn("Whoever has this link can join; --rotate makes a new one and voids this one");
}

/** `tracker kick`, `tracker ban` and `tracker unban`. */
export async function decide(
  what: "kick" | "ban" | "unban",
  folder: string,
  who: string,
  output: CommandOutput,
): Promise<void> {
  const decision = await new ControlClient(folder).decide(what, who);
  output.print(output.json ? printableJson(decision) : describeDecision(what, decision));
  const note = what === "unban" ? undefined : loophole(what, decision);
  if (note !== undefined && !output.json) output.warn(note);
}

async function describeStatus(status: Status): Promise<string> {
  const { id, inviteOnly, port, tlsPort, httpPort, sessions, members, files } = status;
  const { searchesPerMinute, memory } = status;
  const ports = [
    ...(tlsPort === null ? [] : [`${tlsPort} (encrypted)`]),
    ...(port === null ? [] : [`${port} (plain)`]),
    `${httpPort} (these commands, from this machine only)`,
  ];
  return [
    `Id:       ${id}`,
    `          ${await idWords(id)}`,
    `Running:  for ${describeDuration(status.uptime)}`,
    `Ports:    ${ports.join(", ")}`,
    `Open to:  ${inviteOnly ? "members only" : "everybody"}`,
    `Online:   ${sessions} sessions, ${members} of them share ${files} files`,
    ...(searchesPerMinute === undefined
      ? []
      : [`Searches: ${searchesPerMinute} in the last minute`]),
    ...(memory === undefined ? [] : [`Memory:   ${Math.round(memory / 1e6)} MB`]),
  ].join("\n");
}

function describeDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (minutes === 0) return `${seconds} s`;
  if (hours === 0) return `${minutes} min`;
  return days === 0 ? `${hours} h ${minutes % 60} min` : `${days} d ${hours % 24} h`;
}

function describeDecision(
  what: "kick" | "ban" | "unban",
  { peer, name, address, until }: Decision,
): string {
  const whom = `${printable(name)} (${peer.slice(0, 16)})`;
  if (what === "kick") return `${whom} was put out`;
  if (what === "unban") return `${whom} is no longer banned`;
  const place = address === undefined || until === undefined
    ? ""
    : `, and its address ${address} until ${new Date(until).toLocaleString()}`;
  return `${whom} is banned for ever${place}`;
}

/** How somebody who was put out may come back. */
function loophole(what: "kick" | "ban", { inviteOnly }: Decision): string | undefined {
  if (inviteOnly) {
    return "Whoever still has a join link can join anew; void all of them with: " +
      "tracker invite --rotate";
  }
  return what === "kick" ? "It may come back; to keep it out: tracker ban" : undefined;
}

/** A link as a QR code. On a terminal it is white on black, whatever the colours there are. */
async function draw(link: string, isTerminal: boolean): Promise<string> {
  const { renderANSI, renderUnicodeCompact } = await import("uqr");
  // Coloured spaces are seen where blocks would be odd letters.
  if (isTerminal && !showsUtf8(Deno.build.os, (name) => Deno.env.get(name))) {
    return renderANSI(link, { border: 2 });
  }
  const code = renderUnicodeCompact(link, { border: 2 });
  if (!isTerminal) return code;
  return code.split("\n").map((line) => `\u001b[97;40m${line}\u001b[0m`).join("\n");
}

import { join } from "@std/path";
import { eventually } from "../../../tests/support/waiting.ts";
import { Child } from "../child.ts";
import type { Lab } from "../lab.ts";
import { freePort, isListening } from "./daemon.ts";
import { findTool } from "./tool.ts";

/** Torrents that it knows: Debian's takes those only that it was told of. */
const torrents = 1000;
/** Milliseconds that it may take to listen. */
const patience = 10_000;

/** Starts a BitTorrent tracker. */
export async function startOpentracker(lab: Lab): Promise<{ child: Child; port: number }> {
  const home = lab.newFolder("opentracker");
  const known = Array.from({ length: torrents }, (_, torrent) => `${hexOf(infoHash(torrent))}\n`);
  await Deno.writeTextFile(join(home, "known"), known.join(""));
  const port = freePort();
  const ports = ["-p", String(port), "-P", String(port)];
  const program = findTool("opentracker") ?? "opentracker";
  // Of what it was told only the name is seen from where it locks itself in.
  const args = ["-i", "127.0.0.1", ...ports, "-d", home, "-w", "known"];
  const child = new Child([program, ...args], { cwd: home });
  try {
    await eventually(async () => await isListening(port) || undefined, patience, "opentracker");
    return { child, port };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** An announce of a peer that nobody else is, as a client sends it over HTTP. */
export function announceRequest(number: number): Uint8Array<ArrayBuffer> {
  const peer = `-XX0001-${String(number).padStart(12, "0")}`;
  const said = `info_hash=${infoHash(number % torrents)}&peer_id=${peer}&port=${
    2000 + number % 9973
  }`;
  const rest = "uploaded=0&downloaded=0&left=1&compact=1&numwant=50&event=started";
  return new TextEncoder().encode(`GET /announce?${said}&${rest} HTTP/1.0\r\n\r\n`);
}

/** Twenty characters, which stand for themselves in an address. */
function infoHash(torrent: number): string {
  return `${"a".repeat(16)}${String(torrent).padStart(4, "0")}`;
}

function hexOf(text: string): string {
  return Array.from(text, (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

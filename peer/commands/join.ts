import type { Command } from "commander";
import { encodeBase64Url } from "@std/encoding";
import {
  formatEndpoint,
  formatJoinLink,
  type JoinLink,
  LanyardError,
  parseJoinLink,
  printable,
  reasonOf,
} from "../../shared/mod.ts";
import { greetTracker } from "../joined.ts";
import { readMemory, writeMemory } from "../memory.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import { Output } from "../output.ts";
import { openPeer } from "../peer.ts";
import { changeSettings, readSettings } from "../settings.ts";

const examples = `
Examples:
  peer join                    asks for the link, so that nobody else sees it
  peer join < link.txt         reads it from there
  peer join @link.txt          the same

The link is what tracker invite prints on the tracker's machine. LANYARD_INVITE may hold it, too.
From then on this tracker is used unless --tracker names another one.`;

/** Bytes of the longest link: a host name has at most 253. */
const longestLink = 1024;

/** Adds `peer join`. */
export function addJoin(program: Command): void {
  withCommonOptions(program.command("join"))
    .argument("[link]", "where the link is: @FILE; it is asked for if not given")
    .description("accept an invite of a tracker")
    .addHelpText("after", examples)
    .action(runJoin);
}

async function runJoin(given: string | undefined, options: CommonOptions): Promise<void> {
  if (options.plain) {
    throw new LanyardError("usage", "An invite is worth something only with encryption");
  }
  const output = new Output(options.json);
  const link = parseJoinLink(await readLink(given, output));
  // It may hold a key, so it is not repeated.
  if (link === undefined) throw new LanyardError("usage", "This is not a whole join link");
  await join(link, options);
}

async function join({ key, ...place }: JoinLink, options: CommonOptions): Promise<void> {
  const peer = await openPeer({ ...options, tracker: formatJoinLink(place) });
  try {
    const invite = key === undefined ? {} : { invite: encodeBase64Url(key) };
    const { greeting: { tracker, id } } = await greetTracker(peer, 0, invite);
    const address = formatEndpoint(place.host, place.port);
    // Read anew: a share that was started meanwhile has written its own.
    const memory = await readMemory(peer.stateFolder);
    await writeMemory(peer.stateFolder, { ...memory, tracker: address });
    // Another tracker in the settings was wanted before this one.
    if ((await readSettings(peer.stateFolder))?.tracker !== undefined) {
      await changeSettings(peer.stateFolder, { tracker: undefined });
    }
    peer.output.result(
      { event: "joined", tracker, id, address },
      () => `Joined ${printable(tracker)} at ${address}.`,
    );
  } finally {
    await peer.shutdown.run();
  }
}

/** Where a link is looked for: the argument, the environment, the terminal, standard input. */
async function readLink(given: string | undefined, output: Output): Promise<string> {
  if (given?.startsWith("@")) return await readText(given.slice(1));
  if (given !== undefined) {
    output.warn(
      "Other users of this machine can see what is typed behind a command; run peer join without " +
        "the link, and it is asked for",
    );
    return given;
  }
  const kept = Deno.env.get("LANYARD_INVITE");
  if (kept) return kept;
  if (Deno.stdin.isTerminal()) return prompt("The join link:") ?? "";
  return await readInput();
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new LanyardError("io", `Cannot read the link: ${reasonOf(cause)}`, { cause });
  }
}

/** The first line of standard input. */
async function readInput(): Promise<string> {
  const bytes = new Uint8Array(longestLink);
  let filled = 0;
  while (filled < bytes.length && !bytes.subarray(0, filled).includes(0x0a)) {
    const length = await Deno.stdin.read(bytes.subarray(filled));
    if (length === null) break;
    filled += length;
  }
  return new TextDecoder().decode(bytes.subarray(0, filled)).split("\n")[0] ?? "";
}

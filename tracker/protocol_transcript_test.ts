/** Replays the transcripts of docs/PROTOCOL.md, so that it cannot say what the code does not do. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { decodeHex, encodeHex } from "@std/encoding";
import {
  decodeMessage,
  encodeMessage,
  hashPieces,
  idFromPieces,
  LanyardError,
  peerReplies,
  peerRequests,
} from "../shared/mod.ts";
import { type Block, blocksOf, documentPermissions as permissions } from "./_document.ts";
import { aYard, Dialled, from } from "./_fakes.ts";
import { Registry } from "./registry.ts";

/** `…` in a transcript stands for anything that a JSON string may hold. */
function assertLine(line: string, written: string): void {
  const pattern = written.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join('[^"]+');
  assertMatch(line, new RegExp(`^${pattern}$`), `Said: ${line}\nWritten: ${written}`);
}

Deno.test("the tracker transcripts happen as they are written", { permissions }, async () => {
  const yard = aYard({ name: "lab" });
  yard.registry = new Registry(yard.registry.options, yard.index, (member) => {
    if (member.dialect === "version-2") member.push({ verb: "REACHABLE", ok: true });
  });
  const blocks = blocksOf("transcript");
  assert(blocks.length >= 5);
  const open = new Map<string, Dialled>();
  for (const { info: [address = ""], lines } of blocks) {
    await open.get(address)?.leave();
    const client = new Dialled(yard, from(address));
    open.set(address, client);
    let offer = "";
    for (const line of lines) {
      const [, side, text = ""] = /^([CS]):(?: (.*))?$/.exec(line) ?? [];
      assert(side !== undefined, line);
      if (side === "C") client.say(`${text.replace('"offer":"…"', `"offer":"${offer}"`)}\n`);
      else {
        const said = await client.line();
        assertLine(said, text);
        offer = /"offer":"([^"]+)"/.exec(said)?.[1] ?? offer;
      }
    }
    const ended = lines.some((line) => line.startsWith("C: BYE")) ||
      lines.at(-1)?.includes('"fatal":true');
    if (!ended) continue;
    assertEquals(await client.rest(), "");
    await client.leave();
    open.delete(address);
  }
  for (const client of open.values()) await client.leave();
  // Nothing was said beyond what is written: the events tell how each session ended.
  const left = yard.events.flatMap((event) => event.event === "left" ? [event.reason] : []);
  assertEquals(left, ["bye", "lost", "error", "bye", "bye", "lost", "lost"]);
});

/** Decodes a line of a conversation between peers, in which either side may ask. */
function decodeEither(text: string): { verb: string; [key: string]: unknown } {
  const line = new TextEncoder().encode(text);
  try {
    return decodeMessage(peerRequests, line);
  } catch (error) {
    if (!(error instanceof LanyardError) || error.code !== "unsupported") throw error;
    return decodeMessage(peerReplies, line);
  }
}

/** The lines and raw bytes of a transcript, in order. */
function parse({ lines }: Block): ({ verb: string; [key: string]: unknown } | Uint8Array)[] {
  return lines.map((line) => {
    const [, kind, text = ""] = /^[CS]([:=]) (.*)$/.exec(line) ?? [];
    assert(kind !== undefined, line);
    if (kind === "=") return decodeHex(text);
    const message = decodeEither(text);
    assertEquals(new TextDecoder().decode(encodeMessage(message)), `${text}\n`);
    return message;
  });
}

for (const kind of ["peer-transcript", "upload-transcript"]) {
  Deno.test(`the ${kind} is well formed and its bytes are right`, { permissions }, () => {
    const [block, ...others] = blocksOf(kind);
    assert(block !== undefined && others.length === 0);
    const items = parse(block);
    const content: Uint8Array[] = [];
    for (const [at, item] of items.entries()) {
      if (item instanceof Uint8Array) continue;
      const bytes = items[at + 1];
      const expected = item.verb === "FILE"
        ? Number(item.length)
        : item.verb === "HASHES"
        ? 32 * Number(item.count)
        : undefined;
      if (expected === undefined) assert(!(bytes instanceof Uint8Array), item.verb);
      else {
        assert(bytes instanceof Uint8Array);
        assertEquals(bytes.length, expected);
        content.push(bytes);
      }
    }
    const [hashes, file] = content;
    assert(hashes !== undefined && file !== undefined);
    const id = idFromPieces(hashPieces(file), file.length);
    assertEquals([id, new TextDecoder().decode(file)], [encodeHex(hashes), "Hello, yard!\n"]);
    const asked = items.find((item) => !(item instanceof Uint8Array) && item.verb === "PIECES");
    assertEquals(asked, { verb: "PIECES", id, size: file.length });
  });
}

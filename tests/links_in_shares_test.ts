import { assert, assertEquals, assertLess } from "@std/assert";
import { equals } from "@std/bytes";
import { join } from "@std/path";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { type Message, RawConnection } from "./support/raw_connection.ts";
import { idOf } from "./support/served.ts";

const MiB = 1024 * 1024;
const content = noise(24 * MiB);
const secret = new Uint8Array(content.length).fill(0x53);

/** Folders from the temporary folder down to the file that is shared; `share` is what is named. */
const way = ["above", "share", "inner", "film.bin"];

/** The path of one of them. */
function down(temp: TempFolder, to: string): string {
  return join(temp.path, ...way.slice(0, way.indexOf(to) + 1));
}

/** Puts a link in the place of one of them, to something of the same shape with other bytes. */
async function replaceByLink(temp: TempFolder, what: string): Promise<void> {
  const rest = way.slice(way.indexOf(what) + 1);
  await temp.write(join("elsewhere", what, ...rest), secret);
  await Deno.rename(down(temp, what), join(temp.path, "moved"));
  await Deno.symlink(join(temp.path, "elsewhere", what), down(temp, what));
}

/** What is done to a file that somebody is sent at that moment. */
const changes: Record<string, (temp: TempFolder) => Promise<void>> = {
  "the file becomes a link": (temp) => replaceByLink(temp, "film.bin"),
  "its folder becomes a link": (temp) => replaceByLink(temp, "inner"),
  "the shared folder becomes a link": (temp) => replaceByLink(temp, "share"),
  "a folder above the share becomes a link": (temp) => replaceByLink(temp, "above"),
  "its folder becomes a link to where it went": async (temp) => {
    await Deno.rename(down(temp, "inner"), join(temp.path, "private"));
    await Deno.symlink(join(temp.path, "private"), down(temp, "inner"));
  },
  "its folder is moved out of the share": (temp) =>
    Deno.rename(down(temp, "inner"), join(temp.path, "private")),
};

/** How a request of the whole file ends, of which the first unit is read, and how much has come. */
async function receiveRest(peer: RawConnection): Promise<{ received: number; error: Message }> {
  for (let received = MiB; received < content.length;) {
    const message = await peer.message();
    if (message.verb !== "FILE") return { received, error: message };
    const { offset, length } = message;
    assertEquals(offset, received);
    const bytes = await peer.bytes(Number(length));
    const isOfShare = equals(bytes, content.subarray(received, received + bytes.length));
    assert(isOfShare, `Other bytes than those of the share at ${received}`);
    received += bytes.length;
  }
  throw new Error("Everything has come");
}

for (const [what, change] of Object.entries(changes)) {
  Deno.test(`hostile 14 15 49: no byte from elsewhere is sent when ${what} during an upload`, async () => {
    await using tracker = await startTracker();
    await using temp = new TempFolder();
    await temp.write(way.join("/"), content);
    await using ana = await startShare(tracker.address, [down(temp, "share")]);
    using peer = await RawConnection.open(Number(ana.ready["port"]));
    await peer.request("HELLO", { version: 2 });
    // All of it at once, and hardly anything is read: the upload stands still in the middle.
    const whole = { id: idOf(content), size: content.length, offset: 0, length: content.length };
    assertEquals((await peer.request("DOWNLOAD", whole)).verb, "FILE");
    assert(equals(await peer.bytes(MiB), content.subarray(0, MiB)));
    await change(temp);
    const { received, error } = await receiveRest(peer);
    assertEquals(error["code"], "changed");
    assertLess(received, content.length);
    assert(!String(error["message"]).includes(temp.path), "where it is on the disk is not told");
    // Whoever asks again is not sent what is there now, either.
    const again = await peer.request("DOWNLOAD", whole);
    assertEquals([again.verb, again["code"]], ["ERROR", "not-found"]);
  });
}

Deno.test("hostile 14: a share with links of every kind gives away what is in it, and no more", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  for (const path of ["share/a.txt", "share/deep/b.txt", "secret/c.txt", "secret/deep/d.txt"]) {
    await temp.write(path, path);
  }
  const links = {
    "share/file": "../secret/c.txt",
    "share/folder": "../secret",
    "share/deep/parent": "..",
    "share/deep/ancestor": "../..",
    "share/deep/round and round": "round and round",
    "share/to and fro": "deep/to and fro",
    "share/deep/to and fro": "../to and fro",
    "share/dangling": "nowhere",
    "share/inside": "a.txt",
    "share/absolute": temp.path,
    "share/everything": "/",
    "here": ".",
  };
  for (const [path, target] of Object.entries(links)) {
    await Deno.symlink(target, join(temp.path, path));
  }
  // Only the links in what the user names are followed.
  const named = [join(temp.path, "here/share")];
  await using ana = await startShare(tracker.address, named, ["--name", "ana"]);
  assertEquals(ana.ready["files"], 2);
  assertEquals(ana.ready["skipped"], Object.keys(links).length - 1);
  await using visitor = new Visitor(tracker.address);
  const { lines } = await visitor.run("list", "--peer", "ana");
  assertEquals(lines.map(({ path }) => path).sort(), ["share/a.txt", "share/deep/b.txt"]);
});

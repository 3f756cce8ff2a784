import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type ErrorCode, LanyardError, type OnlinePeer, parseSharePath } from "../shared/mod.ts";
import { findPeer, list, onlinePeers, search } from "./find.ts";
import { FakeTrackerClient, foundFile, sourceOf } from "./testing/fake_tracker_client.ts";

const ana = sourceOf("ana", "a");
const files = ["d/1.txt", "d/2.txt", "d/3.txt", "d/e/4.txt", "f/5.txt"]
  .map((path, at) => foundFile(path, String(at), ana));

Deno.test({
  name: "search gives all pages, one after the other, with the same filters",
  permissions: "none",
  fn: async () => {
    const fake = new FakeTrackerClient({ files });
    const filters = { peer: ana.peer, minSize: 5 };
    const found = await Array.fromAsync(search(fake.client, "TXT", filters));
    assertEquals(found, files);
    const question = { verb: "SEARCH", text: "TXT", limit: 200, ...filters } as const;
    assertEquals(fake.requests, [
      question,
      { ...question, cursor: "2" },
      { ...question, cursor: "4" },
    ]);
  },
});

Deno.test({
  name: "search asks for no more than is wanted, and for no further page once it has that",
  permissions: "none",
  fn: async () => {
    for (const [most, limits] of [[2, [2]], [3, [3, 1]]] as const) {
      const fake = new FakeTrackerClient({ files });
      await Array.fromAsync(search(fake.client, "txt", {}, most));
      const asked = fake.requests.map((one) => one.verb === "SEARCH" ? one.limit : undefined);
      assertEquals(asked, [...limits]);
    }
  },
});

Deno.test({
  name: "search and list give nothing where the tracker finds nothing",
  permissions: "none",
  fn: async () => {
    const fake = new FakeTrackerClient({});
    assertEquals(await Array.fromAsync(search(fake.client, "x", {})), []);
    assertEquals(await Array.fromAsync(list(fake.client, {})), []);
    assertEquals(await onlinePeers(fake.client), []);
  },
});

Deno.test({
  name: "list gives all pages of what is asked",
  permissions: "none",
  fn: async () => {
    const fake = new FakeTrackerClient({ files });
    const under = parseSharePath("d");
    const found = await Array.fromAsync(list(fake.client, { under }));
    assertEquals(found.map(({ name }) => name), ["1.txt", "2.txt", "3.txt", "4.txt"]);
    assertEquals(fake.requests, [{ verb: "LIST", under }, { verb: "LIST", under, cursor: "2" }]);
  },
});

const online: OnlinePeer[] = [
  { ...sourceOf("ana", "a"), files: 1, bytes: 1 },
  { ...sourceOf("ben", "b"), files: 1, bytes: 1 },
  { ...sourceOf("ana", "c"), port: 3000, files: 1, bytes: 1 },
  { ...sourceOf("dora", "d"), address: "10.0.0.11", port: 5, files: 1, bytes: 1 },
  { ...sourceOf("bbbb", "e"), address: "fe80::1", files: 1, bytes: 1 },
];

/** The id of the peer that is found, by its first digit. */
async function find(wanted: string): Promise<string | undefined> {
  return (await findPeer(new FakeTrackerClient({ peers: online }).client, wanted)).peer[0];
}

async function fails(code: ErrorCode, wanted: string): Promise<string> {
  const error = await assertRejects(() => find(wanted), LanyardError);
  assertEquals(error.code, code, error.message);
  return error.message;
}

Deno.test({
  name: "findPeer knows peers by name, by digits of the id in any case, and by address",
  permissions: "none",
  fn: async () => {
    assertEquals(await find("ben"), "b");
    assertEquals(await find("aaaa"), "a");
    assertEquals(await find("CCCCCC"), "c");
    assertEquals(await find("d".repeat(64)), "d");
    assertEquals(await find("10.0.0.12"), "c");
    assertEquals(await find("10.0.0.11:5"), "d");
    assertEquals(await find("fe80::1"), "e");
    assertEquals(await find("[fe80::1]:2224"), "e");
  },
});

Deno.test({
  name: "findPeer prefers a name to digits that look like it",
  permissions: "none",
  fn: async () => {
    assertEquals(await find("bbbb"), "e");
    assertEquals(await find("bbbbb"), "b");
  },
});

Deno.test({
  name: "findPeer does not find by fewer than four digits, or by a part of a name or address",
  permissions: "none",
  fn: async () => {
    for (const wanted of ["aaa", "be", "10.0.0", "10.0.0.11:6", "", "zzzz", "ANA"]) {
      assertMatch(await fails("not-found", wanted), /peer peers shows who is/);
    }
  },
});

Deno.test({
  name: "findPeer names those that it could be, with digits that tell them apart",
  permissions: "none",
  fn: async () => {
    const message = await fails("ambiguous", "ana");
    assertMatch(message, /aaaaaaaa \(ana at 10\.0\.0\.10:2224\)/);
    assertMatch(message, /cccccccc \(ana at 10\.0\.0\.12:3000\)/);
    await fails("ambiguous", "10.0.0.11");
  },
});

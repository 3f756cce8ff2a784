import { assertEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { hex } from "../_fakes.ts";
import { peersRequest, searchRequest } from "./query.ts";

const permissions = "none";

function search(query: string): ReturnType<typeof searchRequest> {
  return searchRequest(new URLSearchParams(query));
}

Deno.test("searchRequest asks for what SEARCH asks for", { permissions }, () => {
  assertEquals(search(""), { verb: "SEARCH", text: "" });
  assertEquals(search("text=a+b%20%22c%22&limit=7&cursor=x"), {
    verb: "SEARCH",
    text: 'a b "c"',
    limit: 7,
    cursor: "x",
  });
  const query = `type=pdf&minSize=0&maxSize=9007199254740991&exact=true&peer=${hex(1)}&id=${
    hex(2)
  }`;
  assertEquals(search(query), {
    verb: "SEARCH",
    text: "",
    type: "pdf",
    minSize: 0,
    maxSize: Number.MAX_SAFE_INTEGER,
    exact: true,
    peer: hex(1),
    id: hex(2),
  });
  assertEquals(search("exact=false").exact, false);
});

Deno.test("peersRequest asks for what PEERS asks for", { permissions }, () => {
  const peers = (query: string): unknown => peersRequest(new URLSearchParams(query));
  assertEquals(peers(""), { verb: "PEERS" });
  assertEquals(peers("inbox=true&cursor=x"), { verb: "PEERS", inbox: true, cursor: "x" });
});

Deno.test("hostile 32 44: searchRequest refuses what SEARCH refuses, and what it does not know", {
  permissions,
}, () => {
  const wrong = ["limit=0", "limit=-1", "limit=1.5", "limit=1e3", "limit=", "limit=0x10"];
  wrong.push("limit=9007199254740992", "minSize=%EF%BC%91", "limit=1&limit=2", "text=a&text=a");
  wrong.push("exact=1", "exact=", "exact=TRUE", `text=${"x".repeat(1025)}`, "type=a%00b");
  wrong.push("peer=ana", `id=${hex(1).toUpperCase()}X`, "cursor=".padEnd(210, "x"));
  wrong.push(
    "Text=a",
    "minsize=1",
    "inbox=true",
    "__proto__=a",
    "constructor=a",
    "a=b",
    "verb=PING",
  );
  for (const query of wrong) {
    assertEquals(assertThrows(() => search(query), LanyardError).code, "syntax");
  }
});

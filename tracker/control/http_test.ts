import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import fc from "fast-check";
import { MemoryStream } from "../../shared/testing/memory_stream.ts";
import { bodyBytes } from "./body.ts";
import { answerHttp } from "./http.ts";

const permissions = "none";
const encoder = new TextEncoder();

/** What came of a connection on which this was received. */
async function exchange(
  ...received: (string | Uint8Array)[]
): Promise<{ seen: string[]; sent: string; events: string[] }> {
  const chunks = received.map((one) => typeof one === "string" ? encoder.encode(one) : one);
  const stream = new MemoryStream(chunks);
  const seen: string[] = [];
  await answerHttp(stream, async (request) => {
    const { method, url, headers } = request;
    seen.push(`${method} ${url} ${headers.get("host")} ${await request.text()}`);
    return new Response("done", { status: 201, headers: { "x-more": "yes" } });
  });
  return { seen, sent: stream.written, events: stream.events };
}

/** The status of what was sent. */
async function status(...received: (string | Uint8Array)[]): Promise<string> {
  const { seen, sent } = await exchange(...received);
  assertEquals(seen, [], "it was served");
  return /^HTTP\/1\.1 (\d{3})/.exec(sent)?.[1] ?? sent;
}

Deno.test("answerHttp answers one request and ends the connection", { permissions }, async () => {
  const { seen, sent, events } = await exchange("GET /status?a=b HTTP/1.1\r\nHost: here:1\r\n\r\n");
  assertEquals(seen, ["GET http://127.0.0.1/status?a=b here:1 "]);
  assertMatch(sent, /^HTTP\/1\.1 201 \r\n(?:[a-z-]+: .*\r\n)+\r\ndone$/);
  for (const header of ["content-length: 4", "connection: close", "x-more: yes"]) {
    assertEquals(sent.includes(`\r\n${header}\r\n`), true, header);
  }
  assertEquals(events, ["closeWrite", "close"]);
});

Deno.test("answerHttp reads a body of the length that was said", { permissions }, async () => {
  const body = "{äöü}";
  const length = encoder.encode(body).length;
  const head = `POST /kick HTTP/1.1\r\nhOsT: here:1\r\nContent-Length: ${length}\r\n\r\n`;
  assertEquals((await exchange(`${head}${body}more`)).seen, [
    `POST http://127.0.0.1/kick here:1 ${body}`,
  ]);
});

Deno.test("answerHttp takes the host from a whole address, before that of the header", {
  permissions,
}, async () => {
  const { seen } = await exchange("GET http://there:2/x HTTP/1.1\r\nHost: here:1\r\n\r\n");
  assertEquals(seen, ["GET http://127.0.0.1/x there:2 "]);
});

Deno.test("hostile 45: answerHttp shows two hosts as something that is neither", {
  permissions,
}, async () => {
  const { seen } = await exchange("GET /x HTTP/1.1\r\nHost: here:1\r\nHost: there:2\r\n\r\n");
  assertEquals(seen, ["GET http://127.0.0.1/x here:1, there:2 "]);
});

Deno.test("answerHttp reads a request however it is cut", { permissions }, async () => {
  const whole = encoder.encode(
    "POST /ban HTTP/1.1\r\nHost: here:1\r\nContent-Length: 3\r\nX-None:\r\n\r\nabc",
  );
  await fc.assert(fc.asyncProperty(
    fc.uniqueArray(fc.integer({ min: 1, max: whole.length - 1 })),
    async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
      const chunks = at.slice(1).map((end, index) => whole.subarray(at[index], end));
      assertEquals((await exchange(...chunks)).seen, ["POST http://127.0.0.1/ban here:1 abc"]);
    },
  ));
});

Deno.test("hostile 44: answerHttp refuses what is no whole, simple request", {
  permissions,
}, async () => {
  const head = (...headers: string[]): string =>
    ["POST /x HTTP/1.1", "Host: here:1", ...headers, "", ""].join("\r\n");
  for (
    const [received, expected] of [
      ["HELLO {}\n", "400"],
      ["GET / HTTP/2.0\r\n\r\n", "400"],
      ["GET / HTTP/1.1 \r\n\r\n", "400"],
      ["get / HTTP/1.1\r\n\r\n", "400"],
      ["GET x HTTP/1.1\r\n\r\n", "400"],
      ["GET /\u00e4 HTTP/1.1\r\n\r\n", "400"],
      ["GET https://here:1/ HTTP/1.1\r\n\r\n", "400"],
      ["CONNECT here:1 HTTP/1.1\r\n\r\n", "400"],
      ["GET /x HTTP/1.1\r\nHost: here:1\r\nContent-Length: 1\r\n\r\na", "400"],
      ["TRACE /x HTTP/1.1\r\nHost: here:1\r\n\r\n", "400"],
      [head("No colon"), "400"],
      [head(": none"), "400"],
      [head("A b: c"), "400"],
      [head("A : b"), "400"],
      [head("A: \0"), "400"],
      [head(" A: b"), "400"],
      [head("Content-Length: -1"), "400"],
      [head("Content-Length: +1"), "400"],
      [head("Content-Length: 1e1"), "400"],
      [head("Content-Length: 0x1"), "400"],
      [head("Content-Length: "), "400"],
      [head("Content-Length: 1", "Content-Length: 2"), "400"],
      [head("Content-Length: 9999999999999999"), "400"],
      [head(`Content-Length: ${bodyBytes + 1}`), "413"],
      [head("Transfer-Encoding: chunked") + "0\r\n\r\n", "400"],
      [head("Content-Length: 3", "Transfer-Encoding: chunked") + "abc", "400"],
      [head(...Array<string>(101).fill("A: b")), "413"],
      [`GET /${"x".repeat(9000)} HTTP/1.1\r\n\r\n`, "400"],
      [head(`A: ${"x".repeat(9000)}`), "400"],
    ] as const
  ) assertEquals(await status(received), expected, JSON.stringify(received.slice(0, 99)));
  assertEquals(await status(new Uint8Array([0x16, 0x03, 0x01, 0, 5])), "400");
  const invalid = new Uint8Array([...encoder.encode("GET / HTTP/1.1\r\nA: "), 0xff, 0x0d, 0x0a]);
  assertEquals(await status(invalid), "400");
});

Deno.test("hostile 35: answerHttp answers nothing to who breaks off", { permissions }, async () => {
  const request = "POST /x HTTP/1.1\r\nHost: here:1\r\nContent-Length: 3\r\n\r\nab";
  for (let length = 0; length < request.length; length += 7) {
    assertEquals(await status(request.slice(0, length)), "");
  }
  assertEquals(await status(request), "");
});

Deno.test("hostile 36: answerHttp gives up a request that does not come", async () => {
  for (const received of ["", "GET /x HTTP/1.1\r\nHost: he"]) {
    const stream = new MemoryStream([encoder.encode(received)], { open: true });
    await answerHttp(stream, () => Promise.resolve(new Response()), 0.01);
    assertEquals([stream.written, stream.events], ["", ["close"]]);
  }
});

Deno.test("answerHttp passes on a bug, and closes all the same", { permissions }, async () => {
  const stream = new MemoryStream([encoder.encode("GET / HTTP/1.1\r\n\r\n")]);
  await assertRejects(
    () => answerHttp(stream, () => Promise.reject(new RangeError("a bug"))),
    RangeError,
  );
  assertEquals(stream.events, ["close"]);
});

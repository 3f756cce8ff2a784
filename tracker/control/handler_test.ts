import { assertEquals } from "@std/assert";
import { parseExposition } from "../../tests/support/exposition.ts";
import { aFile, aMember, hex, manyFiles } from "../_fakes.ts";
import { aGovernor, type Governed } from "./_fakes.ts";
import { bodyBytes } from "./body.ts";
import { controlHandler } from "./handler.ts";

const permissions = "none";
const token = "t".repeat(43);

interface Call {
  method?: string;
  host?: string | null;
  authorization?: string | null;
  body?: BodyInit;
}

/** A control port without a port. */
class Port {
  readonly governed: Governed;
  readonly errors: unknown[] = [];
  readonly #answer: (request: Request) => Promise<Response>;

  constructor(governed = aGovernor({ inviteOnly: true })) {
    this.governed = governed;
    this.#answer = controlHandler({
      port: 2280,
      token,
      governor: Promise.resolve(governed.governor),
      onError: (error) => this.errors.push(error),
    });
  }

  async call(path: string, call: Call = {}): Promise<{ response: Response; said: unknown }> {
    const { method = "GET", host = "127.0.0.1:2280", authorization = `Bearer ${token}` } = call;
    const request = new Request(`http://127.0.0.1:2280${path}`, {
      method,
      headers: {
        ...(host === null ? {} : { host }),
        ...(authorization === null ? {} : { authorization }),
      },
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    const response = await this.#answer(request);
    return { response, said: await response.json() };
  }

  /** A call whose answer is no JSON. */
  async text(path: string, call: Call = {}): Promise<{ response: Response; said: string }> {
    const { host = "127.0.0.1:2280" } = call;
    const headers = host === null ? {} : { host };
    const response = await this.#answer(new Request(`http://127.0.0.1:2280${path}`, { headers }));
    return { response, said: await response.text() };
  }

  /** Status and error code of a call. */
  async outcome(path: string, call?: Call): Promise<[number, unknown]> {
    const { response, said } = await this.call(path, call);
    return [response.status, (said as { code?: unknown }).code];
  }
}

function about(peer: unknown): Call {
  return { method: "POST", body: JSON.stringify({ peer }) };
}

Deno.test("controlHandler answers what the governor says", { permissions }, async () => {
  const port = new Port();
  const { governor } = port.governed;
  for (
    const [path, call, expected] of [
      ["/status", {}, () => governor.status()],
      ["/invite", { method: "POST" }, () => governor.invite()],
      ["/invite/rotate", { method: "POST" }, () => governor.invite()],
      ["/kick", about("cy"), () => ({ peer: hex(3), name: "cy", inviteOnly: true })],
      ["/ban", about("ana"), () => ({ peer: hex(1), name: "ana", inviteOnly: true })],
      ["/unban", about("ana"), () => ({ peer: hex(1), name: "ana", inviteOnly: true })],
    ] as const
  ) {
    const { response, said } = await port.call(path, call);
    assertEquals([response.status, said], [200, expected()]);
    assertEquals(response.headers.get("content-type"), "application/json");
    assertEquals(response.headers.get("cache-control"), "no-store");
  }
  assertEquals(port.governed.target.expelled, [hex(3), hex(1)]);
  assertEquals(port.errors, []);
});

Deno.test("hostile 45: controlHandler answers nobody without the token, but that it lives", {
  permissions,
}, async () => {
  const port = new Port();
  const wrong = [null, "", "Bearer", "Bearer ", `Bearer ${token}x`, `Bearer ${token} x`, token];
  wrong.push(`Basic ${token}`, `Bearer ${token.slice(1)}`, "Bearer undefined");
  for (const authorization of wrong) {
    const paths = ["/status", "/invite", "/kick", "/nothing", "/healthz/", "/metrics/", "/api/"];
    for (const path of [...paths, "/api/peers", "/api/files", "/api/files?text=a", "//metrics"]) {
      for (const method of ["GET", "POST"]) {
        const { response, said } = await port.call(path, { method, authorization });
        assertEquals([response.status, Object.keys(said as object)], [401, ["code", "message"]]);
        assertEquals(response.headers.get("www-authenticate"), "Bearer");
      }
    }
  }
  const { response, said } = await port.call("/healthz", { authorization: null });
  assertEquals([response.status, said], [200, { ok: true }]);
  const metrics = await port.text("/metrics");
  assertEquals(metrics.response.status, 200);
  assertEquals(/ana|bo|cy|192\.0\.2/.test(metrics.said), false);
});

Deno.test("hostile 45: controlHandler answers no page whose name was made to lead here", {
  permissions,
}, async () => {
  const port = new Port();
  const foreign = [null, "", "lab.example:2280", "127.0.0.1", "127.0.0.1:2281", "localhost"];
  foreign.push("127.0.0.1.lab.example:2280", "127.0.0.1:2280.lab.example", "192.0.2.1:2280");
  for (const host of foreign) {
    for (const path of ["/status", "/healthz", "/metrics", "/api/peers", "/api/files?text=a"]) {
      assertEquals(await port.outcome(path, { host }), [403, "refused"], `${host}`);
    }
  }
  for (const host of ["127.0.0.1:2280", "localhost:2280", "LocalHost:2280", "[::1]:2280"]) {
    const { response } = await port.call("/status", { host });
    assertEquals(response.status, 200, host);
    assertEquals(response.headers.get("access-control-allow-origin"), null);
  }
});

Deno.test("hostile 45: controlHandler changes nothing by GET, and allows no other site to ask", {
  permissions,
}, async () => {
  const port = new Port();
  const key = port.governed.admission.invite;
  for (const path of ["/invite", "/invite/rotate", "/kick", "/ban", "/unban"]) {
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      assertEquals(await port.outcome(path, { method }), [405, "refused"]);
    }
  }
  for (const path of ["/status", "/healthz", "/metrics", "/api/files", "/api/peers"]) {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      assertEquals(await port.outcome(path, { method }), [405, "refused"]);
    }
  }
  assertEquals([port.governed.admission.invite, port.governed.target.expelled], [key, []]);
  for (const path of ["/", "/status/", "//status", "/constructor", "/kick/ana", "/STATUS"]) {
    assertEquals(await port.outcome(path), [404, "refused"], path);
  }
});

Deno.test("hostile 44: controlHandler refuses every body but a small object that names a peer", {
  permissions,
}, async () => {
  const port = new Port();
  const post = (body: BodyInit): Call => ({ method: "POST", body });
  for (
    const [call, status, code] of [
      [{ method: "POST" }, 400, "syntax"],
      [post("ana"), 400, "syntax"],
      [post("[]"), 400, "syntax"],
      [post("{}"), 400, "syntax"],
      [post('{"peer":"ana","peer":"bo"}'), 400, "syntax"],
      [post(new Uint8Array([0x22, 0xff, 0x22])), 400, "syntax"],
      [about(7), 400, "syntax"],
      [about("x".repeat(257)), 400, "syntax"],
      [about("x".repeat(bodyBytes)), 413, "too-many"],
      [about("nobody"), 404, "not-found"],
      [about("192.0.2.7"), 409, "ambiguous"],
    ] as const
  ) assertEquals(await port.outcome("/kick", call), [status, code]);
  assertEquals([port.governed.target.expelled, port.errors], [[], []]);
});

Deno.test("hostile 44: controlHandler reads no more of a body than it takes", {
  permissions,
}, async () => {
  const port = new Port();
  let chunks = 0;
  const endless = new ReadableStream({
    pull: (controller) => {
      chunks++;
      controller.enqueue(new Uint8Array(1024).fill(0x20));
    },
  });
  assertEquals(await port.outcome("/ban", { method: "POST", body: endless }), [413, "too-many"]);
  assertEquals(chunks < 20, true, `${chunks} KiB`);
});

Deno.test("hostile 49: controlHandler keeps what a bug says to the tracker's own output", {
  permissions,
}, async () => {
  const port = new Port();
  port.governed.admission.guests.close();
  const { response, said } = await port.call("/ban", about("ana"));
  assertEquals([response.status, said], [500, { code: "internal", message: "Internal error" }]);
  assertEquals(port.errors.length, 1);
});

Deno.test("controlHandler waits for a tracker that is starting", { permissions }, async () => {
  const { governor } = aGovernor();
  const starting = Promise.withResolvers<typeof governor>();
  const answer = controlHandler({
    port: 1,
    token,
    governor: starting.promise,
    onError: () => {},
  });
  const headers = { host: "localhost:1", authorization: `Bearer ${token}` };
  let answered = 0;
  const responses = ["status", "healthz"].map((path) =>
    answer(new Request(`http://localhost:1/${path}`, { headers })).finally(() => answered++)
  );
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(answered, 0);
  starting.resolve(governor);
  assertEquals((await Promise.all(responses)).map(({ status }) => status), [200, 200]);
});

Deno.test("controlHandler tells metrics as Prometheus reads them", { permissions }, async () => {
  const port = new Port();
  port.governed.clock.advance(90);
  const { response, said } = await port.text("/metrics");
  assertEquals(
    [response.status, response.headers.get("content-type")],
    [200, "text/plain; version=0.0.4; charset=utf-8"],
  );
  assertEquals(response.headers.get("cross-origin-resource-policy"), "same-origin");
  const { values } = parseExposition(said);
  assertEquals(values.get("lanyard_uptime_seconds"), 90);
  assertEquals(values.get("process_resident_memory_bytes"), 50_000_000);
  assertEquals(values.get('lanyard_sessions{kind="plain"}'), 2);
});

Deno.test("controlHandler says that a tracker without an index is not well", {
  permissions,
}, async () => {
  const port = new Port();
  port.governed.target.fault = new Error("disk I/O error in /home/ana/index");
  for (let time = 0; time < 3; time++) {
    const { response, said } = await port.call("/healthz", { authorization: null });
    assertEquals([response.status, said], [503, { ok: false, reason: "The index has failed" }]);
  }
  assertEquals(port.governed.errors, [port.governed.target.fault]);
  port.governed.target.fault = undefined;
  assertEquals((await port.call("/healthz")).response.status, 200);
});

Deno.test(
  "controlHandler finds files and peers as the protocol does",
  { permissions },
  async () => {
    const port = new Port();
    const { yard } = port.governed.target;
    assertEquals((await port.call("/api/files")).said, { files: [], total: 0 });
    assertEquals((await port.call("/api/peers")).said, { peers: [] });
    const files = [aFile("docs/Übung 1.pdf", 1), aFile("docs/b.txt", 2)];
    const ana = await aMember(yard, { name: "ana", files });
    const { said } = await port.call("/api/files?text=ubung&type=pdf");
    const found = await ana.get("FOUND", { verb: "SEARCH", text: "ubung" });
    const { verb: _verb, ...body } = found;
    assertEquals(said, body);
    assertEquals(found.files.map(({ path, peers }) => `${path} ${peers}`), ["docs/Übung 1.pdf 1"]);
    const peers = (await port.call("/api/peers")).said as { peers: { name: string }[] };
    assertEquals(peers.peers.map(({ name }) => name), ["ana"]);
  },
);

Deno.test("hostile 40: controlHandler tells files in pages, and where they go on", {
  permissions,
}, async () => {
  const port = new Port();
  await aMember(port.governed.target.yard, { files: manyFiles(450) });
  const names: string[] = [];
  let more = "";
  const sizes: number[] = [];
  do {
    const cursor = more === "" ? "" : `&cursor=${encodeURIComponent(more)}`;
    const { said } = await port.call(`/api/files?limit=1000000${cursor}`);
    const page = said as { files: { name: string }[]; more?: string };
    names.push(...page.files.map(({ name }) => name));
    sizes.push(JSON.stringify(page).length);
    more = page.more ?? "";
  } while (more !== "");
  assertEquals([names.length, new Set(names).size], [450, 450]);
  assertEquals(Math.max(...sizes) < 65_536, true, `${sizes}`);
  assertEquals(await port.outcome("/api/files?cursor=made-up"), [400, "bad-cursor"]);
  assertEquals(await port.outcome("/api/peers?cursor=made-up"), [400, "bad-cursor"]);
  assertEquals(await port.outcome("/api/files?limit=0"), [400, "syntax"]);
  assertEquals(port.errors, []);
});

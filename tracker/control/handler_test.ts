import { assertEquals } from "@std/assert";
import { hex } from "../_fakes.ts";
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
    for (const path of ["/status", "/invite", "/kick", "/nothing", "/healthz/"]) {
      for (const method of ["GET", "POST"]) {
        const { response, said } = await port.call(path, { method, authorization });
        assertEquals([response.status, Object.keys(said as object)], [401, ["code", "message"]]);
        assertEquals(response.headers.get("www-authenticate"), "Bearer");
      }
    }
  }
  const { response, said } = await port.call("/healthz", { authorization: null });
  assertEquals([response.status, said], [200, { ok: true }]);
});

Deno.test("hostile 45: controlHandler answers no page whose name was made to lead here", {
  permissions,
}, async () => {
  const port = new Port();
  const foreign = [null, "", "lab.example:2280", "127.0.0.1", "127.0.0.1:2281", "localhost"];
  foreign.push("127.0.0.1.lab.example:2280", "127.0.0.1:2280.lab.example", "192.0.2.1:2280");
  for (const host of foreign) {
    for (const path of ["/status", "/healthz"]) {
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

import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { hex } from "../_fakes.ts";
import { aGovernor, type Governed } from "./_fakes.ts";
import { ControlClient } from "./client.ts";
import { ControlFile, readControlFile } from "./control_file.ts";
import { type ControlOptions, ControlServer } from "./server.ts";

/** A control port that governs a tracker which is none. */
class Controlled implements AsyncDisposable {
  readonly temp = new TempFolder();
  readonly governed: Governed;
  readonly server: ControlServer;

  constructor(given: Partial<ControlOptions> = {}, inviteOnly = true) {
    this.governed = aGovernor({ inviteOnly });
    this.server = open(this.temp.path, this.governed, given);
    this.server.serve(this.governed.target);
  }

  get client(): ControlClient {
    return new ControlClient(this.temp.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    await this.temp[Symbol.asyncDispose]();
  }
}

function open(
  folder: string,
  { admission, clock }: Governed,
  given: Partial<ControlOptions> = {},
): ControlServer {
  return ControlServer.open({
    file: given.file ?? ControlFile.claim(folder),
    id: hex(0xf00),
    port: 0,
    orFree: false,
    admission,
    clock,
    onError: (error) => {
      throw error;
    },
    ...given,
  });
}

async function failure(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof LanyardError) return error.code;
    throw error;
  }
  return "none";
}

Deno.test("ControlServer does what a ControlClient of the same folder asks for", async () => {
  await using controlled = new Controlled();
  const { client, governed, server } = controlled;
  const status = await client.status();
  assertEquals([status.httpPort, status.sessions, status.id], [server.port, 4, hex(0xf00)]);
  const first = await client.invite(false);
  assertEquals(first, governed.governor.invite());
  assertNotEquals((await client.invite(true)).key, first.key);
  assertEquals((await client.decide("kick", "cy")).peer, hex(3));
  assertEquals((await client.decide("ban", "bo")).peer, hex(2));
  assertEquals((await client.decide("unban", "bo")).name, "bo");
  assertEquals(governed.target.expelled, [hex(3), hex(2)]);
});

Deno.test("ControlClient passes on what the tracker refuses", async () => {
  await using controlled = new Controlled({}, false);
  const { client } = controlled;
  assertEquals(await failure(client.decide("kick", "nobody")), "not-found");
  assertEquals(await failure(client.decide("ban", "192.0.2.7")), "ambiguous");
  assertEquals(await failure(client.decide("unban", "x".repeat(257))), "syntax");
  controlled.governed.target.tlsPort = undefined;
  assertEquals(await failure(client.invite(false)), "refused");
});

Deno.test("ControlClient says that no tracker runs after it has ended", async () => {
  await using temp = new TempFolder();
  const server = open(temp.path, aGovernor());
  await server.close();
  assertEquals(await failure(new ControlClient(temp.path).status()), "unreachable");
});

Deno.test("hostile 49: a new run of the tracker has a new token, and knows no old one", async () => {
  await using temp = new TempFolder();
  const tokens: string[] = [];
  for (let run = 0; run < 2; run++) {
    const server = open(temp.path, aGovernor());
    tokens.push((await readControlFile(temp.path)).token);
    await server.close();
  }
  assertNotEquals(tokens[0], tokens[1]);
  for (const token of tokens) assertMatch(token, /^[\w-]{43}$/);
});

Deno.test("hostile 49: ControlClient is not fooled by a program that got the port of a tracker that has ended", async () => {
  await using temp = new TempFolder();
  const server = open(temp.path, aGovernor());
  const { port } = server;
  await server.close();
  const answers = [
    new Response("<h1>It works</h1>"),
    new Response("{}", { status: 401 }),
    new Response(JSON.stringify({ code: "refused", message: "no" }), { status: 401 }),
    new Response("x".repeat(1 << 20)),
    new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } }),
    Response.json({ id: hex(7), tlsPort: 2223, key: "k".repeat(22) }),
    Response.json({ id: hex(0xf00), tlsPort: 2223_000, key: "k".repeat(22) }),
  ];
  let asked = 0;
  const impostor = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, () => {
    return answers[asked++] ?? Response.error();
  });
  for (const _ of answers) {
    assertEquals(await failure(new ControlClient(temp.path).invite(false)), "unreachable");
  }
  assertEquals(asked, answers.length);
  await impostor.shutdown();
});

Deno.test("hostile 36: ControlServer is on loopback only", async () => {
  await using controlled = new Controlled();
  const { port } = controlled.server;
  const others = Deno.networkInterfaces().filter(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.")
  );
  for (const { address } of others) {
    const connection = await Deno.connect({ hostname: address, port }).catch((error) => error);
    assert(connection instanceof Deno.errors.ConnectionRefused, address);
  }
});

Deno.test("ControlServer takes another port if the usual one is taken, and only then", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  await using controlled = new Controlled({ port, orFree: true });
  assertNotEquals(controlled.server.port, port);
  assertEquals((await controlled.client.status()).httpPort, controlled.server.port);
  await using temp = new TempFolder();
  using file = ControlFile.claim(temp.path);
  const error = assertThrows(() => open("", aGovernor(), { port, file }), LanyardError);
  assertEquals(error.code, "io");
  assertMatch(error.message, new RegExp(`Port ${port} is taken.*--http-port`));
});

Deno.test("ControlServer lets requests wait for the tracker, and ends them when it is closed", async () => {
  await using temp = new TempFolder();
  const server = open(temp.path, aGovernor());
  using silent = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const waiting = failure(new ControlClient(temp.path).status());
  await silent.write(new TextEncoder().encode("GET /status HTTP/1.1\r\n"));
  await server.close();
  assertEquals(await waiting, "unreachable");
});

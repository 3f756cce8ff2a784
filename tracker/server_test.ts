import { assert, assertEquals } from "@std/assert";
import { LanyardError, limits } from "../shared/mod.ts";
import { FakeClock, hex } from "./_fakes.ts";
import { startTracker, type Tracker, type TrackerEvent } from "./mod.ts";
import type { TrackerOptions } from "./options.ts";

const permissions = { net: ["127.0.0.1"] };

/** A tracker on a real port, under a clock that stands still. */
class Running {
  readonly clock = new FakeClock();
  readonly events: TrackerEvent[] = [];
  readonly tracker: Tracker;
  #wake = Promise.withResolvers<void>();

  constructor(options: Partial<TrackerOptions> = {}) {
    this.tracker = startTracker({
      host: "127.0.0.1",
      clock: this.clock,
      onEvent: (event) => {
        this.events.push(event);
        this.#wake.resolve();
        this.#wake = Promise.withResolvers();
      },
      ...options,
    });
  }

  /** Waits until something like this has happened. */
  async event(isIt: (event: TrackerEvent) => boolean): Promise<void> {
    while (!this.events.some(isIt)) await this.#wake.promise;
  }
}

/** A client that speaks text. */
class Client {
  readonly #conn: Deno.Conn;
  #text = "";

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  static async dial({ port = 0 }: Tracker): Promise<Client> {
    return new Client(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async say(...lines: string[]): Promise<void> {
    await this.#conn.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  }

  /** The next line, or `undefined` at the end. */
  async line(): Promise<string | undefined> {
    const into = new Uint8Array(4096);
    while (!this.#text.includes("\n")) {
      const length = await this.#conn.read(into);
      if (length === null) return undefined;
      this.#text += new TextDecoder().decode(into.subarray(0, length));
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }

  close(): void {
    this.#conn.close();
  }
}

function share(path: string): string {
  const file = { path, size: 1, modified: 1, id: hex(1) };
  return `SHARE ${JSON.stringify({ files: [file] })}`;
}

/** A port on which nobody listens. */
function deadPort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

Deno.test("TrackerServer says on which port it listens, and closes at once", {
  permissions,
}, async () => {
  const { tracker, events } = new Running();
  const client = await Client.dial(tracker);
  await client.say(`HELLO {"version":2,"name":"ana","port":0}`);
  assert((await client.line())?.startsWith("HI "));
  assertEquals(events[0]?.event === "ready" && events[0].port, tracker.port);
  await tracker.close();
  assertEquals(await client.line(), undefined);
  client.close();
});

Deno.test("startTracker names a port that is taken", { permissions }, async () => {
  const { tracker } = new Running();
  let error: unknown;
  try {
    startTracker({ host: "127.0.0.1", port: tracker.port ?? -1 });
  } catch (thrown) {
    error = thrown;
  }
  assert(error instanceof LanyardError);
  assertEquals([error.code, error.message.includes(`${tracker.port} is taken`)], ["io", true]);
  await tracker.close();
});

Deno.test("TrackerServer tells a member whether its port can be reached", {
  permissions,
}, async () => {
  const { tracker } = new Running();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = (listener.addr as Deno.NetAddr).port;
  for (const [port, ok] of [[open, true], [deadPort(), false], [80, false]] as const) {
    const client = await Client.dial(tracker);
    await client.say(`HELLO {"version":2,"name":"ana","port":${port}}`, share("a"));
    assert((await client.line())?.startsWith("HI "));
    assertEquals(await client.line(), `ACCEPTED {"files":1}`);
    assertEquals(await client.line(), `REACHABLE {"ok":${ok}}`);
    if (ok) (await listener.accept()).close();
    await client.say("PEERS");
    assert((await client.line())?.includes(`"reachable":${ok}`));
    await client.say("BYE");
    client.close();
  }
  listener.close();
  await tracker.close();
});

Deno.test("hostile 41: TrackerServer pushes nothing before HI", { permissions }, async () => {
  const { tracker } = new Running({ open: true });
  const client = await Client.dial(tracker);
  await client.say(`HELLO {"version":2,"name":"ana","port":22}`);
  assert((await client.line())?.startsWith("HI "));
  assertEquals(await client.line(), `REACHABLE {"ok":false}`);
  client.close();
  await tracker.close();
});

Deno.test("TrackerServer removes a classic peer after two failed probes", {
  permissions,
}, async () => {
  const running = new Running();
  const { tracker, clock } = running;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const alive = (listener.addr as Deno.NetAddr).port;
  const clients: Client[] = [];
  for (const port of [alive, deadPort()]) {
    const client = await Client.dial(tracker);
    clients.push(client);
    await client.say("HELLO", `<${port}.txt, txt, 1, 01/01/24, h, ${port}>`, "SEARCH: none");
    assertEquals([await client.line(), await client.line()], ["HI", "NOT FOUND"]);
  }
  for (let probe = 0; probe < 2; probe++) {
    clock.advance(limits.probeSeconds);
    (await listener.accept()).close();
  }
  await running.event((event) => event.event === "left" && event.reason === "unreachable");
  assertEquals(await clients[1]?.line(), undefined);
  await clients[0]?.say(`SEARCH: ${alive}.txt`);
  assert((await clients[0]?.line())?.startsWith("FOUND: "));
  for (const client of clients) client.close();
  listener.close();
  await tracker.close();
});

Deno.test("hostile 35: TrackerServer ends silent sessions", { permissions }, async () => {
  const running = new Running();
  const client = await Client.dial(running.tracker);
  await client.say(`HELLO {"version":2,"name":"ana","port":0}`);
  await client.line();
  running.clock.advance(limits.idleSeconds + 1);
  await running.event((event) => event.event === "left" && event.reason === "idle");
  assertEquals(await client.line(), undefined);
  client.close();
  await running.tracker.close();
});

Deno.test("TrackerServer forgets a lost session after 15 minutes", { permissions }, async () => {
  for (const [seconds, known] of [[limits.leaseSeconds - 1, true], [limits.leaseSeconds, false]]) {
    const running = new Running();
    const lost = await Client.dial(running.tracker);
    await lost.say(
      `HELLO {"version":2,"name":"ana","port":0}`,
      share("a"),
      `SHARED {"digest":"d"}`,
    );
    for (let line = 0; line < 3; line++) await lost.line();
    lost.close();
    await running.event(({ event }) => event === "left");
    running.clock.advance(Number(seconds));
    const back = await Client.dial(running.tracker);
    await back.say(`HELLO {"version":2,"name":"ana","port":0,"digest":"d"}`);
    assert((await back.line())?.includes(`"known":${known}`));
    back.close();
    await running.tracker.close();
  }
});

Deno.test("hostile 36: TrackerServer serves one peer while hundreds say nothing", {
  permissions,
}, async () => {
  const { tracker } = new Running({ open: true });
  const silent: Client[] = [];
  for (let n = 0; n < 300; n++) silent.push(await Client.dial(tracker));
  const client = await Client.dial(tracker);
  await client.say(`HELLO {"version":2,"name":"ana","port":0}`, "PING");
  assert((await client.line())?.startsWith("HI "));
  assert((await client.line())?.startsWith("PONG "));
  for (const one of [...silent, client]) one.close();
  await tracker.close();
});

Deno.test("Tracker counts and names who is here, and puts out whom it is told to", {
  permissions,
}, async () => {
  const { tracker } = new Running();
  assertEquals([tracker.counts(), tracker.online()], [
    { sessions: 0, members: 0, files: 0 },
    [],
  ]);
  const [ana, bo] = [await Client.dial(tracker), await Client.dial(tracker)];
  await ana.say(`HELLO {"version":2,"name":"ana","port":0}`, share("a"), share("b"));
  for (let line = 0; line < 3; line++) await ana.line();
  await bo.say(`HELLO {"version":2,"name":"bo","port":0}`);
  await bo.line();
  assertEquals(tracker.counts(), { sessions: 2, members: 1, files: 2 });
  const online = tracker.online();
  assertEquals(online.map(({ name, address }) => [name, address]), [
    ["ana", "127.0.0.1"],
    ["bo", "127.0.0.1"],
  ]);
  tracker.expel(online[0]?.peer ?? "");
  assertEquals(await ana.line(), undefined);
  assertEquals(tracker.counts(), { sessions: 1, members: 0, files: 0 });
  await bo.say("PING");
  assert((await bo.line())?.startsWith("PONG "));
  for (const one of [ana, bo]) one.close();
  await tracker.close();
});

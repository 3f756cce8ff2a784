import { assertEquals, assertLess } from "@std/assert";
import { emptyTracker, Fake, line } from "../../tests/support/fakes.ts";
import { eventually, patience, within } from "../../tests/support/waiting.ts";
import type { TrackerClient } from "./client.ts";
import { PlainDoor } from "./door.ts";
import { TrackerLink } from "./link.ts";

/** A link that writes down what it tells. */
class Fixture implements AsyncDisposable {
  readonly events: string[] = [];
  readonly troubles: string[] = [];
  client: TrackerClient | undefined;
  readonly link: TrackerLink;
  #attempts = 0;

  constructor(port: number) {
    this.link = new TrackerLink(new PlainDoor({ host: "127.0.0.1", port }), undefined, {
      introduce: () => {
        this.events.push(`attempt ${++this.#attempts}`);
        return { name: `ana ${this.#attempts}`, port: 0 };
      },
      joined: (client) => {
        this.client = client;
        this.events.push("joined");
      },
      pushed: ({ verb }) => this.events.push(verb),
      lost: ({ code }) => this.events.push(`lost: ${code}`),
      trouble: (message) => this.troubles.push(message),
      refused: ({ code }) => this.events.push(`refused: ${code}`),
    });
  }

  /** Waits for an event. */
  async told(event: string): Promise<void> {
    await eventually(() => this.events.includes(event) ? true : undefined, patience, event);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.link.close();
  }
}

Deno.test("TrackerLink joins, and comes back when the connection is lost", async () => {
  await using fake = new Fake({
    ...emptyTracker,
    PEERS: () => (connection) => Promise.resolve(connection.close()),
  });
  await using fixture = new Fixture(fake.port);
  await fixture.told("joined");
  await fixture.client?.request({ verb: "PEERS" }).catch(() => {});
  await fixture.told("attempt 2");
  await eventually(() => fixture.events.length === 5 ? true : undefined, patience);
  assertEquals(fixture.events, ["attempt 1", "joined", "lost: closed", "attempt 2", "joined"]);
  const hellos = fake.requests.filter(({ verb }) => verb === "HELLO");
  assertEquals(hellos.map(({ name }) => name), ["ana 1", "ana 2"]);
  const [gone = "", ...others] = fixture.troubles;
  assertEquals([gone.endsWith("; trying again until it is back"), ...others], [
    true,
    "The tracker is back",
  ]);
});

Deno.test("TrackerLink goes on trying where nobody listens, until somebody does", async () => {
  const port = freePort();
  await using fixture = new Fixture(port);
  await fixture.told("attempt 3");
  assertEquals(fixture.events.slice(0, 4), [
    "attempt 1",
    "lost: unreachable",
    "attempt 2",
    "lost: unreachable",
  ]);
  assertEquals(fixture.troubles.length, 1);
});

Deno.test("TrackerLink hands on what the tracker says unasked", async () => {
  await using fake = new Fake({
    ...emptyTracker,
    HELLO: (request) => `${emptyTracker["HELLO"]?.(request)}REACHABLE {"ok":true}\n`,
  });
  await using fixture = new Fixture(fake.port);
  await fixture.told("REACHABLE");
});

Deno.test("TrackerLink.close says BYE and does not come back", async () => {
  await using fake = new Fake(emptyTracker);
  const fixture = new Fixture(fake.port);
  await fixture.told("joined");
  await within(fixture.link.close(), patience);
  assertEquals(fixture.events, ["attempt 1", "joined"]);
  await eventually(() => fake.requests.length === 2 ? true : undefined, patience);
  assertEquals(fake.requests.map(({ verb }) => verb), ["HELLO", "BYE"]);
});

Deno.test("TrackerLink.close ends the wait before another attempt at once", async () => {
  let least = Infinity;
  // A machine may be busy with something else just then, but not each time.
  for (let times = 0; least >= 500 && times < 5; times++) {
    const fixture = new Fixture(freePort());
    await fixture.told("attempt 3"); // The next one is a second away.
    await fixture.told("lost: unreachable");
    const start = performance.now();
    await within(fixture.link.close(), patience);
    least = Math.min(least, performance.now() - start);
  }
  assertLess(least, 500);
});

/** A port that nobody listens on. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("TrackerLink stops trying when the tracker does not want us", async () => {
  for (const code of ["banned", "not-invited", "version"]) {
    await using fake = new Fake({
      HELLO: () => line("ERROR", { code, message: "No", fatal: true }),
    });
    await using fixture = new Fixture(fake.port);
    await fixture.told(`refused: ${code}`);
    await within(fixture.link.close(), patience);
    assertEquals(fixture.events, ["attempt 1", `refused: ${code}`]);
  }
});

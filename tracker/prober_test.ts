import { assertEquals } from "@std/assert";
import { from, hex } from "./_fakes.ts";
import { Prober, type Probes } from "./prober.ts";
import type { Member } from "./roster.ts";

const permissions = "none";

/** The part of a member that a prober looks at. */
function listening(port: number, remote = "192.0.2.7"): Member {
  return { ends: from(remote), port } as Member;
}

/** Connections that end when the test says so. */
class FakeNetwork implements Probes {
  readonly events: string[] = [];
  readonly #pending: PromiseWithResolvers<void>[] = [];

  readonly connect = (host: string, port: number): Promise<void> => {
    this.events.push(`${host} ${port}`);
    const attempt = Promise.withResolvers<void>();
    this.#pending.push(attempt);
    return attempt.promise;
  };

  /** Whoever is asked for its certificate is peer 7. */
  readonly identify = async (host: string, port: number): Promise<string> => {
    await this.connect(host, port);
    return hex(7);
  };

  get pending(): number {
    return this.#pending.length;
  }

  accept(): void {
    this.#pending.shift()?.resolve();
  }

  refuse(): void {
    this.#pending.shift()?.reject(new Error("Refused"));
  }
}

Deno.test(
  "Prober tells whether the announced port accepts connections",
  { permissions },
  async () => {
    const network = new FakeNetwork();
    const prober = new Prober(network);
    const [yes, no] = [prober.isReachable(listening(2224)), prober.isReachable(listening(2225))];
    network.accept();
    network.refuse();
    assertEquals(await Promise.all([yes, no]), [true, false]);
    assertEquals(network.events, ["192.0.2.7 2224", "192.0.2.7 2225"]);
  },
);

Deno.test(
  "hostile 41: Prober never knocks on a machine's own services",
  { permissions },
  async () => {
    const network = new FakeNetwork();
    const prober = new Prober(network);
    for (const port of [0, 22, 25, 80, 443, 1023]) {
      assertEquals(await prober.isReachable(listening(port)), false);
    }
    assertEquals(network.events, []);
  },
);

Deno.test("Prober takes link-local peers for reachable, whom it cannot try", {
  permissions,
}, async () => {
  const network = new FakeNetwork();
  const prober = new Prober(network);
  assertEquals(await prober.isReachable(listening(2224, "fe80::1")), true);
  assertEquals(await prober.isReachable(listening(80, "fe80::1")), false);
  assertEquals(network.events, []);
});

Deno.test("Prober knocks at 32 ports at a time, however they end", { permissions }, async () => {
  const network = new FakeNetwork();
  const prober = new Prober(network);
  const answers = Array.from({ length: 100 }, (_, n) => prober.isReachable(listening(3000 + n)));
  let most = 0;
  for (let done = 0; done < 100; done++) {
    most = Math.max(most, network.pending);
    if (done % 2 === 0) network.accept();
    else network.refuse();
    // Somebody new comes in the very moment in which a place becomes free.
    if (done % 10 === 0) answers.push(prober.isReachable(listening(4000 + done)));
    await answers[done];
  }
  while (network.pending > 0) network.accept();
  assertEquals(most, 32);
  assertEquals(network.events[32], "192.0.2.7 3032");
});

Deno.test(
  "hostile 46: Prober wants the peer's own certificate where the session is encrypted",
  { permissions },
  async () => {
    const network = new FakeNetwork();
    const prober = new Prober(network);
    const ends = from("192.0.2.7", "192.0.2.1", true);
    const [its, other, none] = [hex(7), hex(8), hex(7)]
      .map((peer) => prober.isReachable({ ends, port: 2224, peer } as Member));
    network.accept();
    network.accept();
    network.refuse();
    assertEquals(await Promise.all([its, other, none]), [true, false, false]);
  },
);

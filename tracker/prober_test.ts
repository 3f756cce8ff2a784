import { assertEquals } from "@std/assert";
import { from } from "./_fakes.ts";
import { Prober } from "./prober.ts";
import type { Member } from "./roster.ts";

const permissions = "none";

/** The part of a member that a prober looks at. */
function listening(port: number, remote = "192.0.2.7"): Member {
  return { ends: from(remote), port } as Member;
}

/** Connections that end when the test says so. */
class FakeNetwork {
  readonly events: string[] = [];
  readonly #pending: PromiseWithResolvers<void>[] = [];

  readonly connect = (host: string, port: number): Promise<void> => {
    this.events.push(`${host} ${port}`);
    const attempt = Promise.withResolvers<void>();
    this.#pending.push(attempt);
    return attempt.promise;
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
    const prober = new Prober(network.connect);
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
    const prober = new Prober(network.connect);
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
  const prober = new Prober(network.connect);
  assertEquals(await prober.isReachable(listening(2224, "fe80::1")), true);
  assertEquals(await prober.isReachable(listening(80, "fe80::1")), false);
  assertEquals(network.events, []);
});

Deno.test("Prober knocks at 32 ports at a time, however they end", { permissions }, async () => {
  const network = new FakeNetwork();
  const prober = new Prober(network.connect);
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

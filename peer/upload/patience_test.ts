import { assertEquals } from "@std/assert";
import { limits } from "../../shared/mod.ts";
import { type Look, Patience } from "./patience.ts";

const permissions = "none";

/** A patience under a clock in seconds, and what it sees each time it looks. */
class Watched {
  readonly #patience: Patience;
  #look: Look = { standing: "silent", heard: 0, queued: 0, progress: 0 };
  #seconds = 0;

  constructor(encrypted = false) {
    this.#patience = new Patience(encrypted, 0);
  }

  /** Something changes. */
  now(change: Partial<Look>): this {
    this.#look = { ...this.#look, ...change };
    return this;
  }

  /**
   * Looks every second until it is over.
   *
   * @param meanwhile happens before each look
   * @returns the seconds that it took from now on; `Infinity` if it never ends
   */
  lasts(meanwhile: (look: Look, second: number) => Partial<Look> = () => ({})): number {
    for (let second = 1; second < 5000; second++) {
      this.now(meanwhile(this.#look, second));
      if (this.#patience.isOver(this.#look, ++this.#seconds * 1000)) return second;
    }
    return Infinity;
  }
}

/** A byte comes. */
const byte = ({ progress }: Look): Partial<Look> => ({ progress: progress + 1 });

Deno.test("hostile 36: Patience waits for a greeting, and single bytes prolong nothing", {
  permissions,
}, () => {
  for (const meanwhile of [undefined, byte]) {
    assertEquals(new Watched(false).lasts(meanwhile), limits.greetingSeconds + 1);
    assertEquals(new Watched(true).lasts(meanwhile), limits.handshakeSeconds + 1);
  }
});

Deno.test("Patience bears with a greeted remote that asks now and then", { permissions }, () => {
  const waiting = { standing: "waiting" } as const;
  assertEquals(new Watched().now(waiting).lasts(), limits.quietSeconds + 2);
  assertEquals(new Watched().now(waiting).lasts(byte), limits.quietSeconds + 2);
  const asks = ({ heard }: Look, second: number): Partial<Look> =>
    second % limits.quietSeconds === 0 ? { heard: heard + 1 } : {};
  assertEquals(new Watched().now(waiting).lasts(asks), Infinity);
});

Deno.test("Patience lets a remote wait for its turn as long as it likes", { permissions }, () => {
  assertEquals(new Watched().now({ standing: "busy" }).lasts(), Infinity);
});

Deno.test("hostile 25: Patience lets a slow reader read, and drops one that stopped", {
  permissions,
}, () => {
  for (const standing of ["silent", "waiting", "busy"] as const) {
    const stuck = new Watched().now({ standing, queued: 1, progress: 5 });
    assertEquals(stuck.lasts(), limits.stalledSeconds + 2, standing);
  }
  for (const standing of ["waiting", "busy"] as const) {
    const slow = ({ progress }: Look, second: number): Partial<Look> =>
      second % limits.stalledSeconds === 0 ? { progress: progress + 1 } : {};
    assertEquals(new Watched().now({ standing, queued: 9 }).lasts(slow), Infinity, standing);
  }
});

Deno.test("hostile 36: Patience drops who does not hang up after the last words", {
  permissions,
}, () => {
  const ended = { standing: "ended" } as const;
  assertEquals(new Watched().now(ended).lasts(), limits.stalledSeconds + 1);
});

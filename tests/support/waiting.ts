import { deadline } from "@std/async/deadline";

/**
 * Milliseconds after which something is not slow any more, but does not happen: a machine may be
 * busy with anything else, and no test tells how fast it is. Still less than what a program needs
 * to give up by itself somebody who is silent.
 */
export const patience = 60_000;

/** Waits for a promise, but no longer than `ms`. */
export function within<T>(promise: Promise<T>, ms: number = patience): Promise<T> {
  return deadline(promise, ms);
}

/** Milliseconds between two looks at a condition that nothing announces. */
const lookEvery = 20;

/**
 * Waits until a condition holds.
 *
 * @param check returns what is waited for, or `undefined` as long as it is not there
 * @param ms how long at most
 */
export async function eventually<T>(
  check: () => Promise<T | undefined> | T | undefined,
  ms: number = patience,
  what = "the condition",
): Promise<T> {
  for (const end = performance.now() + ms;;) {
    const value = await check();
    if (value !== undefined) return value;
    if (performance.now() > end) throw new Error(`Waited ${ms} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, lookEvery));
  }
}

/** Waits until nobody listens on a port of this machine any more. */
export async function noLongerListens(port: number, ms: number = patience): Promise<void> {
  await eventually(
    async () => {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return undefined;
      } catch (error) {
        return error instanceof Deno.errors.ConnectionRefused ? true : undefined;
      }
    },
    ms,
    "the port to be closed",
  );
}

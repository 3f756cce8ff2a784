import { deadline } from "@std/async/deadline";

/** Waits for a promise, but no longer than `ms`. */
export function within<T>(promise: Promise<T>, ms: number): Promise<T> {
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
  ms: number,
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
export async function noLongerListens(port: number, ms: number): Promise<void> {
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

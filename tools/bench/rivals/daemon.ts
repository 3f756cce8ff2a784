import { Child } from "../child.ts";
import { eventually } from "../../../tests/support/waiting.ts";
import { findTool } from "./tool.ts";

/** Milliseconds that a server may take to listen. */
const patience = 10_000;

/** A port that nobody listens on now. */
export function freePort(): number {
  return freePorts(1)[0] ?? NaN;
}

/** Different ports that nobody listens on now. */
export function freePorts(count: number): number[] {
  using held = new DisposableStack();
  return Array.from({ length: count }, () => {
    return held.use(Deno.listen({ hostname: "127.0.0.1", port: 0 })).addr.port;
  });
}

/** Starts a server of this system; resolves when it listens. */
export async function startDaemon(port: number, name: string, ...args: string[]): Promise<Child> {
  const child = new Child([findTool(name) ?? name, ...args]);
  try {
    await eventually(() => isListening(port), patience, `${name} to listen`);
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Whether somebody listens on a port. */
export async function isListening(port: number): Promise<true | undefined> {
  try {
    using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
    return true;
  } catch {
    return undefined;
  }
}

/** Whether this program may do everything, so that servers must be told to stay who they are. */
export function isRoot(): boolean {
  return Deno.uid() === 0;
}

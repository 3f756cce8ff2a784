import { cpuOf } from "../usage.ts";

/** How many requests a server took, and what each cost it. */
export interface Flood {
  perSecond: number;
  /** Seconds of the server's processor time for each request. */
  cpu: number;
}

/**
 * Several clients that ask again as soon as they have their answer, for a while.
 *
 * @param pid the server's process
 * @param ask sends the request of that number and waits for its answer
 */
export async function flood(
  pid: number,
  clients: readonly ((number: number) => Promise<void>)[],
  seconds: number,
): Promise<Flood> {
  const [cpu, start] = [cpuOf(pid), performance.now()];
  let number = 0;
  await Promise.all(clients.map(async (ask) => {
    while (performance.now() < start + seconds * 1000) await ask(number++);
  }));
  return {
    perSecond: number / ((performance.now() - start) / 1000),
    cpu: (cpuOf(pid) - cpu) / number,
  };
}

/** Asks over a connection of its own, as web servers are asked; fails unless all is well. */
export async function askOnce(port: number, request: Uint8Array): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(request);
  const buffer = new Uint8Array(4096);
  const length = await connection.read(buffer) ?? 0;
  const answer = new TextDecoder().decode(buffer.subarray(0, length));
  if (!/^HTTP\/1\.\d 200/.test(answer) || answer.includes("failure")) {
    throw new Error(`The server said: ${answer}`);
  }
  while (await connection.read(buffer) !== null) { /* On to the end. */ }
}

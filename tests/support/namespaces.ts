import { isPossible, run } from "./commands.ts";

/** Network namespaces: machines with a network of their own, on one machine. Root only. */

/** Whether this process may make network namespaces; says so if not. */
export function canMakeNamespaces(): Promise<boolean> {
  return isPossible("network namespaces", async () => {
    const name = newName();
    await run("ip", "netns", "add", name);
    await run("ip", "netns", "del", name);
  });
}

function newName(): string {
  return `lanyard-${crypto.randomUUID().slice(0, 8)}`;
}

/** One of two machines. */
export interface Machine {
  /** Put before a command that runs there. */
  prefix: readonly string[];
  /** Its addresses on the network between the two. */
  ipv4: string;
  ipv6: string;
  /** Link-local, without a zone; the interface is `veth0`. */
  linkLocal: string;
}

/** Two machines joined by a cable. */
export class TwoMachines implements AsyncDisposable {
  readonly #names: readonly [string, string];
  readonly a: Machine;
  readonly b: Machine;

  private constructor(names: readonly [string, string], a: Machine, b: Machine) {
    this.#names = names;
    this.a = a;
    this.b = b;
  }

  static async start(): Promise<TwoMachines> {
    const [a, b] = [newName(), newName()];
    await run("ip", "netns", "add", a);
    await run("ip", "netns", "add", b);
    await run("ip", "-n", a, "link", "add", "veth0", "type", "veth", "peer", "veth0", "netns", b);
    return new TwoMachines([a, b], await setUp(a, 1), await setUp(b, 2));
  }

  /** Pulls the cable out on one side, or plugs it in again. */
  async cable(machine: Machine, state: "up" | "down"): Promise<void> {
    const name = machine === this.a ? this.#names[0] : this.#names[1];
    await run("ip", "-n", name, "link", "set", "veth0", state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#names) await run("ip", "netns", "del", name);
  }
}

async function setUp(name: string, number: number): Promise<Machine> {
  const ipv4 = `10.77.0.${number}`;
  const ipv6 = `fd77::${number}`;
  const linkLocal = `fe80::77:${number}`;
  const ip = (...args: string[]): Promise<string> => run("ip", "-n", name, ...args);
  await ip("link", "set", "veth0", "addrgenmode", "none");
  await ip("addr", "add", `${ipv4}/24`, "dev", "veth0");
  // Without duplicate address detection they can be used at once.
  await ip("addr", "add", `${ipv6}/64`, "dev", "veth0", "nodad");
  await ip("addr", "add", `${linkLocal}/64`, "dev", "veth0", "nodad");
  await ip("link", "set", "lo", "up");
  await ip("link", "set", "veth0", "up");
  return { prefix: ["ip", "netns", "exec", name], ipv4, ipv6, linkLocal };
}

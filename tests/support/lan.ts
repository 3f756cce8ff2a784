import { isPossible, run } from "./commands.ts";
import type { Machine } from "./namespaces.ts";

/** Machines on a switch, each a network namespace, on one machine. Root only. */

/** One machine of a network. */
export interface LanMachine extends Machine {
  /** Its network namespace. */
  readonly namespace: string;
  /** Its interfaces, in the order in which they were plugged in: `eth0`, `eth1`. */
  readonly interfaces: string[];
}

/** What a network is like. */
export interface LanOptions {
  /** The third number of its IPv4 addresses, `10.77.N.0/24`, and the second of the IPv6 ones. */
  subnet?: number;
  /** Which addresses its machines have; both kinds if missing. */
  family?: "IPv4" | "IPv6";
}

/** Whether this process may make such networks; says so if not. */
export function canMakeLans(): Promise<boolean> {
  return isPossible("networks of several machines", async () => {
    await using _lan = await Lan.start(1);
  });
}

/** Whether the machines of such networks can have firewalls; says so if not. */
export function canShield(): Promise<boolean> {
  return isPossible("firewalls", async () => {
    await using lan = await Lan.start(1);
    await lan.shield(lan.machine(0));
  });
}

/** A network of several machines without a gateway: no machine has a default route. */
export class Lan implements AsyncDisposable {
  readonly #switch = newName();
  readonly #subnet: number;
  readonly #family: LanOptions["family"];
  readonly #own: LanMachine[] = [];
  readonly #plugged: Plug[] = [];

  private constructor({ subnet = 0, family }: LanOptions) {
    this.#subnet = subnet;
    this.#family = family;
  }

  /** Makes so many machines and joins them. */
  static async start(count: number, options: LanOptions = {}): Promise<Lan> {
    const lan = new Lan(options);
    try {
      await run("ip", "netns", "add", lan.#switch);
      const bridge = ["bridge", "mcast_snooping", "0"];
      await run("ip", "-n", lan.#switch, "link", "add", "br0", "type", ...bridge);
      await run("ip", "-n", lan.#switch, "link", "set", "br0", "up");
      for (let at = 0; at < count; at++) lan.#own.push(await lan.#make());
      return lan;
    } catch (error) {
      await lan[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** One of the machines that were made for this network; the first is 0. */
  machine(at: number): LanMachine {
    const machine = this.#own[at];
    if (machine === undefined) throw new RangeError(`There is no machine ${at}`);
    return machine;
  }

  /** Plugs a machine of another network into this one, too; returns its addresses here. */
  async plug(machine: LanMachine): Promise<Machine> {
    const number = this.#plugged.length + 1;
    const port = `port${number}`;
    const device = `eth${machine.interfaces.length}`;
    const { namespace, prefix } = machine;
    const end = ["peer", "name", device, "netns", namespace];
    await run("ip", "-n", this.#switch, "link", "add", port, "type", "veth", ...end);
    await run("ip", "-n", this.#switch, "link", "set", port, "master", "br0", "up");
    this.#plugged.push({ machine, port, device, number });
    machine.interfaces.push(device);
    const addresses = this.#addresses(number);
    await this.#setUp(namespace, device, addresses);
    return { prefix, ...addresses };
  }

  /** Pulls a machine's cable out, or plugs it in again. */
  async cable(machine: LanMachine, state: "up" | "down"): Promise<void> {
    const { device, number } = this.#find(machine);
    await run("ip", "-n", machine.namespace, "link", "set", device, state);
    // Without its cable it has lost its IPv6 addresses.
    if (state === "up") await this.#address(machine.namespace, device, this.#addresses(number));
  }

  /** Gives a machine other addresses, as when it comes back to a network later. */
  async renumber(machine: LanMachine, number: number): Promise<Machine> {
    const plug = this.#find(machine);
    plug.number = number;
    await run("ip", "-n", machine.namespace, "addr", "flush", "dev", plug.device);
    const addresses = this.#addresses(number);
    await this.#address(machine.namespace, plug.device, addresses);
    return { prefix: machine.prefix, ...addresses };
  }

  /** Whether the switch passes on what is sent to many. */
  async passes(what: "multicast" | "broadcast", state: "on" | "off"): Promise<void> {
    const flag = what === "multicast" ? "mcast_flood" : "bcast_flood";
    for (const { port } of this.#plugged) await this.#setPort(port, flag, state);
  }

  /** Whether the switch keeps the machines apart, as access points can. */
  async isolate(state: "on" | "off"): Promise<void> {
    for (const { port } of this.#plugged) await this.#setPort(port, "isolated", state);
  }

  /**
   * Sets up a firewall on a machine: nobody can connect to it by TCP, and it can to others.
   *
   * @param datagrams UDP ports at which it hears nothing either
   */
  async shield(machine: LanMachine, ...datagrams: number[]): Promise<void> {
    const chain = [
      "type filter hook input priority 0;",
      'iifname "lo" accept;',
      // The first segment of a connection has SYN and no ACK.
      "tcp flags & (syn | ack) == syn drop;",
      ...datagrams.map((port) => `udp dport ${port} drop;`),
    ];
    const rules = `table inet firewall { chain input { ${chain.join(" ")} }; }`;
    await run("ip", "netns", "exec", machine.namespace, "nft", rules);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { namespace } of this.#own) await run("ip", "netns", "del", namespace);
    await run("ip", "netns", "del", this.#switch);
  }

  async #make(): Promise<LanMachine> {
    const namespace = newName();
    await run("ip", "netns", "add", namespace);
    await run("ip", "-n", namespace, "link", "set", "lo", "up");
    const machine: LanMachine = {
      namespace,
      prefix: ["ip", "netns", "exec", namespace],
      interfaces: [],
      ...this.#addresses(this.#plugged.length + 1),
    };
    try {
      await this.plug(machine);
      return machine;
    } catch (error) {
      await run("ip", "netns", "del", namespace);
      throw error;
    }
  }

  async #setUp(namespace: string, device: string, addresses: Addresses): Promise<void> {
    const ip = (...args: string[]): Promise<string> => run("ip", "-n", namespace, ...args);
    await ip("link", "set", device, "addrgenmode", "none");
    await ip("link", "set", device, "up");
    await this.#address(namespace, device, addresses);
  }

  async #address(
    namespace: string,
    device: string,
    { ipv4, ipv6, linkLocal }: Addresses,
  ): Promise<void> {
    const set = (address: string, ...more: string[]): Promise<string> =>
      run("ip", "-n", namespace, "addr", "replace", address, "dev", device, ...more);
    if (this.#family !== "IPv6") await set(`${ipv4}/24`, "brd", "+");
    if (this.#family === "IPv4") return;
    // Without duplicate address detection they can be used at once.
    for (const address of [ipv6, linkLocal]) await set(`${address}/64`, "nodad");
  }

  #addresses(number: number): Addresses {
    return {
      ipv4: `10.77.${this.#subnet}.${number}`,
      // As systems write them: a group of zeros would be left out.
      ipv6: `fd77:${(this.#subnet + 1).toString(16)}::${number.toString(16)}`,
      linkLocal: `fe80::${(this.#subnet + 1).toString(16)}:${number.toString(16)}`,
    };
  }

  #find(machine: LanMachine): Plug {
    const found = this.#plugged.find((one) => one.machine === machine);
    if (found === undefined) throw new RangeError("The machine is not on this network");
    return found;
  }

  async #setPort(port: string, flag: string, state: "on" | "off"): Promise<void> {
    await run("bridge", "-n", this.#switch, "link", "set", "dev", port, flag, state);
  }
}

/** A machine at a port of the switch. */
interface Plug {
  readonly machine: LanMachine;
  readonly port: string;
  /** The machine's interface. */
  readonly device: string;
  /** The last part of its addresses. */
  number: number;
}

type Addresses = Pick<Machine, "ipv4" | "ipv6" | "linkLocal">;

function newName(): string {
  return `lanyard-${crypto.randomUUID().slice(0, 8)}`;
}

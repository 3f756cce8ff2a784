import { Dice } from "./dice.ts";
import { cut, mutate } from "./mutation.ts";
import { within } from "./waiting.ts";

/** Something that listens. */
export interface Target {
  name: string;
  /** Connects, and says truthfully what has to be said before anything else is listened to. */
  connect(dice: Dice): Promise<Deno.Conn>;
  /** What somebody well-behaved might say then, or the bytes that nobody would. */
  session(dice: Dice): readonly string[] | Uint8Array;
}

/** Characters of answers that are kept, from the end of one chunk to the next. */
const kept = 200;
/** What no remote should be able to cause. */
const bug = /ERROR \{"code":"internal"[^\n]*/;

/** Sessions that are wrong in some way, the same ones for the same seed. */
export class Fuzz {
  /** Sessions begun. */
  sessions = 0;
  readonly #seed: number;
  readonly #targets: readonly [Target, ...Target[]];

  constructor(seed: number, targets: readonly [Target, ...Target[]]) {
    this.#seed = seed;
    this.#targets = targets;
  }

  /**
   * Has one session after the other until it is over.
   *
   * @throws if a program says that it has a bug, or does not end a session that its remote ended
   */
  async runUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) await this.#run(this.sessions++);
  }

  async #run(index: number): Promise<void> {
    const dice = Dice.for(this.#seed, index);
    const target = dice.pick(this.#targets);
    try {
      await this.#talk(target, dice);
    } catch (cause) {
      const which = `Session ${index} of seed ${this.#seed} with ${target.name}`;
      throw new Error(`${which}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }

  async #talk(target: Target, dice: Dice): Promise<void> {
    let connection: Deno.Conn;
    try {
      connection = await target.connect(dice);
    } catch (error) {
      if (isBroken(error)) return;
      throw error;
    }
    const session = target.session(dice);
    const bytes = session instanceof Uint8Array ? session : mutate(session, dice);
    const ending = dice.pick(["finish", "finish", "finish", "linger", "hang up"]);
    const isHeard = ending === "finish" || !dice.once(20);
    const listening = isHeard ? listen(connection) : Promise.resolve();
    listening.catch(() => {}); // Told below.
    try {
      const saying = say(connection, cut(bytes, dice), dice);
      saying.catch(() => {}); // Told here, unless it is given up: who does not listen is not heard.
      await (isHeard ? within(saying) : Promise.race([saying, pause(1000)]));
      if (ending === "finish") {
        await connection.closeWrite();
        await within(listening);
      } else if (ending === "linger") await pause(dice.below(100));
    } catch (error) {
      if (!isBroken(error)) throw error;
    } finally {
      close(connection);
    }
    await listening;
  }
}

async function say(connection: Deno.Conn, chunks: Uint8Array[], dice: Dice): Promise<void> {
  for (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
    if (dice.once(5)) await pause(dice.below(5));
  }
}

/** Listens to the end. @throws if what it hears is about a bug. */
async function listen(connection: Deno.Conn): Promise<void> {
  const bytes = new Uint8Array(64 * 1024);
  const decoder = new TextDecoder();
  let heard = "";
  try {
    for (let length; (length = await connection.read(bytes)) !== null;) {
      heard = heard.slice(-kept) + decoder.decode(bytes.subarray(0, length), { stream: true });
      const [told] = bug.exec(heard) ?? [];
      if (told !== undefined) throw new Error(`It has a bug: ${told}`);
    }
  } catch (error) {
    if (!isBroken(error)) throw error;
  }
}

/** Whether an error says that the other side, or we, broke a connection. */
function isBroken(error: unknown): boolean {
  const { errors } = Deno;
  return [
    errors.BadResource,
    errors.BrokenPipe,
    errors.ConnectionAborted,
    errors.ConnectionRefused,
    errors.ConnectionReset,
    errors.Interrupted,
    errors.InvalidData,
    errors.NotConnected,
    errors.UnexpectedEof,
  ].some((kind) => error instanceof kind);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed.
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

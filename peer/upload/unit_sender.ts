import { limits, type Wire } from "../../shared/mod.ts";
import type { Pacer } from "../pacer.ts";
import type { Content } from "./content.ts";
import type { UploadLimits } from "./limits.ts";

/** Bytes of a unit that is sent without waiting for the one before it. */
export const smallUnit = 64 * 1024;

/** Sends units of content over one connection, at the rate of all of them. */
export class UnitSender {
  readonly #wire: Wire;
  readonly #limits: Pick<UploadLimits, "reads" | "pacer">;
  /** Two: one is filled from the disk while the other is taken by the network. */
  readonly #buffers: Uint8Array[] = [];
  #lastSend: Promise<void> = Promise.resolve();
  #unit = 0;

  constructor(wire: Wire, limits: Pick<UploadLimits, "reads" | "pacer">) {
    this.#wire = wire;
    this.#limits = limits;
  }

  /**
   * Reads a unit whole, and sends it behind its line while the next one is read.
   *
   * @throws {LanyardError} if it cannot be read, or the connection breaks.
   */
  async send(content: Content, offset: number, line: Uint8Array, length: number): Promise<void> {
    const { reads, pacer } = this.#limits;
    const bytes = this.#bufferFor(length);
    await (length <= smallUnit
      ? content.read(offset, bytes)
      : reads.use(() => content.read(offset, bytes)));
    if (pacer !== undefined) return await this.#sendPaced(pacer, line, bytes);
    if (length > smallUnit || this.#wire.queued > limits.queuedBytes) await this.#lastSend;
    this.#lastSend = this.#wire.send(line, bytes);
    this.#lastSend.catch(() => {}); // The next unit, or reading the next request, reports it.
  }

  async #sendPaced(pacer: Pacer, line: Uint8Array, bytes: Uint8Array): Promise<void> {
    void this.#wire.send(line);
    for (let at = 0; at < bytes.length; at += pacer.slice) {
      const slice = bytes.subarray(at, at + pacer.slice);
      await pacer.pace(slice.length);
      await this.#wire.send(slice);
    }
  }

  /** Small units get a buffer each, so that many can be on their way together. */
  #bufferFor(length: number): Uint8Array {
    if (length <= smallUnit) return new Uint8Array(length);
    const whole = this.#buffers[this.#unit % 2] ??= new Uint8Array(limits.unitBytes);
    this.#unit++;
    return whole.subarray(0, length);
  }
}

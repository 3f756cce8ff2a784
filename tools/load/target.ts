import { fetchCertificate } from "../../net/mod.ts";
import { certificateId } from "../../shared/mod.ts";
import type { Lab } from "../bench/lab.ts";
import { startQuietTracker } from "../bench/lanyard.ts";
import type { EncryptedTracker } from "../bench/load/encrypted_client.ts";
import { cpuOf, residentMemory } from "../bench/usage.ts";

/** A tracker on this machine that is put under load. */
export interface Target extends AsyncDisposable {
  /** Where it listens without encryption. */
  port: number;
  /** What encryption needs; missing where it is not used. */
  encrypted?: EncryptedTracker;
  /** Its process, if that is known. */
  pid?: number;
}

/** A tracker that runs already. */
export interface Running {
  port: number;
  tls: boolean;
  pid?: number;
}

/** Gets ready to use a tracker that runs already; `port` is the one for its kind of connections. */
export async function useTracker({ port, tls, pid }: Running): Promise<Target> {
  const encrypted = tls ? await keyAt(port) : undefined;
  return {
    port,
    ...(encrypted === undefined ? {} : { encrypted }),
    ...(pid === undefined ? {} : { pid }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Starts a tracker; it ends with what is returned. */
export async function startTarget(
  lab: Lab,
  tls: boolean,
  args: readonly string[],
): Promise<Target> {
  const tracker = await startQuietTracker(lab, "--idle-timeout", "3600", ...args);
  return {
    port: tracker.port,
    pid: tracker.child.pid,
    ...(tls ? { encrypted: tracker } : {}),
    [Symbol.asyncDispose]: () => tracker[Symbol.asyncDispose](),
  };
}

async function keyAt(tlsPort: number): Promise<EncryptedTracker> {
  const certificate = await fetchCertificate({ host: "127.0.0.1", port: tlsPort });
  return { tlsPort, identity: { certificate, id: certificateId(certificate) } };
}

/** What a tracker's process uses from one look to the next. */
export class Meter {
  readonly #pid: number | undefined;
  #cpu: number;
  #at = performance.now();

  constructor({ pid }: Pick<Target, "pid">) {
    this.#pid = pid;
    this.#cpu = pid === undefined ? NaN : cpuOf(pid);
  }

  /** Processors busy with it since the last look, on average, and bytes of its memory now. */
  look(): { cpu: number | null; memory: number | null } {
    if (this.#pid === undefined) return { cpu: null, memory: null };
    const [cpu, at] = [cpuOf(this.#pid), performance.now()];
    const used = (cpu - this.#cpu) / ((at - this.#at) / 1000);
    [this.#cpu, this.#at] = [cpu, at];
    return { cpu: used, memory: residentMemory(this.#pid) };
  }
}

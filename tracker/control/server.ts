import { encodeBase64Url } from "@std/encoding";
import { Doorman, Listener } from "../../net/mod.ts";
import { LanyardError, reasonOf } from "../../shared/mod.ts";
import type { Admission } from "../admission.ts";
import type { Clock } from "../options.ts";
import type { ControlFile } from "./control_file.ts";
import { Governor } from "./governor.ts";
import { controlHandler } from "./handler.ts";
import { answerHttp } from "./http.ts";
import type { ControlTarget } from "./target.ts";

/** Bytes of a token: nobody guesses 256 bits. */
const tokenBytes = 32;
/** Connections at once: operators and their scripts ask one thing at a time. */
const places = 32;

/** What a control port needs to know. */
export interface ControlOptions {
  /** Says where the port is; `close` lets go of it. */
  file: ControlFile;
  /** The tracker's id: 64 hex digits. */
  id: string;
  /** The port to listen on; 0 takes a free one. */
  port: number;
  /** Whether any free port will do if that one is taken. */
  orFree: boolean;
  admission: Admission;
  clock: Pick<Clock, "now">;
  /** Told of bugs. */
  onError(error: unknown): void;
}

/** Sends away who has waited longest, but never the last one, who may be waiting for an answer. */
class ControlDoorman extends Doorman {
  override makeRoom(): boolean {
    return this.count > 1 && super.makeRoom();
  }
}

/** The port on which the programs of this machine govern the tracker, by HTTP. */
export class ControlServer {
  readonly #options: ControlOptions;
  readonly #listener: Listener;
  readonly #running: Promise<void>;
  readonly #governor = Promise.withResolvers<Governor>();

  private constructor(options: ControlOptions) {
    this.#options = options;
    this.#listener = listen(options);
    const { file, id, onError } = options;
    const token = encodeBase64Url(crypto.getRandomValues(new Uint8Array(tokenBytes)));
    const governor = this.#governor.promise;
    governor.catch(() => {}); // Whoever waits for it is told; mostly nobody does.
    file.write({ port: this.port, token, id });
    const handle = controlHandler({ port: this.port, token, governor, onError });
    this.#running = this.#listener.run((stream) => answerHttp(stream, handle));
  }

  /**
   * Listens, and says in the state folder where. Requests wait for `serve`.
   *
   * @throws {LanyardError} `io` if the port cannot be had.
   */
  static open(options: ControlOptions): ControlServer {
    return new ControlServer(options);
  }

  /** The port that is listened on. */
  get port(): number {
    return this.#listener.port;
  }

  /** Governs a tracker that has started. */
  serve(target: ControlTarget): void {
    const { admission, id, clock, onError } = this.#options;
    const memory = (): number => Deno.memoryUsage().rss;
    const options = { id, httpPort: this.port, clock, memory, onError };
    this.#governor.resolve(new Governor(admission, target, options));
  }

  /** Stops listening, whoever is still asking. */
  async close(): Promise<void> {
    this.#governor.reject(new LanyardError("closed", "The tracker has ended"));
    await this.#listener.close();
    await this.#running;
    this.#options.file[Symbol.dispose]();
  }
}

/** Listens on loopback, where no other machine can connect to. */
function listen({ port, orFree, onError }: ControlOptions): Listener {
  // Nobody greets here, so everybody may be sent away for somebody else.
  const doorman = new ControlDoorman({ maxPerAddress: places });
  try {
    return Listener.open({ hostname: "127.0.0.1", port, doorman, onError });
  } catch (cause) {
    if (cause instanceof Deno.errors.AddrInUse && orFree) {
      return Listener.open({ hostname: "127.0.0.1", port: 0, doorman, onError });
    }
    throw new LanyardError("io", cannotListen(port, cause), { cause });
  }
}

function cannotListen(port: number, cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) {
    return `Port ${port} is taken, maybe by another tracker; choose another one with --http-port`;
  }
  return `Cannot listen on port ${port} of loopback: ${reasonOf(cause)}`;
}

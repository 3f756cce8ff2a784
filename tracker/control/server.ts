import { encodeBase64Url } from "@std/encoding";
import { LanyardError } from "../../shared/mod.ts";
import type { Admission } from "../admission.ts";
import type { Clock } from "../options.ts";
import { ControlFile } from "./control_file.ts";
import { Governor } from "./governor.ts";
import { controlHandler } from "./handler.ts";
import type { ControlTarget } from "./target.ts";

/** Bytes of a token: nobody guesses 256 bits. */
const tokenBytes = 32;

/** What a control port needs to know. */
export interface ControlOptions {
  /** The tracker's state folder. */
  folder: string;
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

/** The port on which the programs of this machine govern the tracker, by HTTP. */
export class ControlServer {
  readonly #options: ControlOptions;
  readonly #file: ControlFile;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();
  readonly #governor = Promise.withResolvers<Governor>();

  private constructor(options: ControlOptions, file: ControlFile) {
    this.#options = options;
    this.#file = file;
    const { id, onError } = options;
    const token = encodeBase64Url(crypto.getRandomValues(new Uint8Array(tokenBytes)));
    this.#server = listen(options, this.#stop.signal, (request) => answer(request));
    const governor = this.#governor.promise;
    const answer = controlHandler({ port: this.port, token, governor, onError });
    this.#file.write({ port: this.port, token, id });
  }

  /**
   * Listens, and says in the state folder where. Requests wait for `serve`.
   *
   * @throws {LanyardError} `io` if the port cannot be had, or another tracker runs with the folder.
   */
  static open(options: ControlOptions): ControlServer {
    const file = ControlFile.claim(options.folder);
    try {
      return new ControlServer(options, file);
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
  }

  /** The port that is listened on. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** Governs a tracker that has started. */
  serve(target: ControlTarget): void {
    const { admission, id, clock } = this.#options;
    this.#governor.resolve(new Governor(admission, target, { id, httpPort: this.port, clock }));
  }

  /** Stops listening, whoever is still asking. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#server.finished;
    this.#file[Symbol.dispose]();
  }
}

/** Listens on loopback, where no other machine can connect to. */
function listen(
  { port, orFree }: Pick<ControlOptions, "port" | "orFree">,
  signal: AbortSignal,
  answer: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: "127.0.0.1", port, signal, onListen: () => {} }, answer);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse)) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new LanyardError("io", `Cannot listen on port ${port} of loopback: ${reason}`, {
        cause,
      });
    }
    if (orFree) return listen({ port: 0, orFree: false }, signal, answer);
    throw new LanyardError(
      "io",
      `Port ${port} is taken, maybe by another tracker; choose another one with --http-port`,
      { cause },
    );
  }
}

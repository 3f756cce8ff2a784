import { type Field, object } from "../../shared/fields.ts";
import { fromErrorMessage, LanyardError } from "../../shared/mod.ts";
import { errorBody } from "../../shared/messages/error_message.ts";
import {
  type Decision,
  decisionAnswer,
  type Invitation,
  invitationAnswer,
  type Status,
  statusAnswer,
} from "./answers.ts";
import { readJson } from "./body.ts";
import { type ControlPlace, notRunning, readControlFile } from "./control_file.ts";

/** Milliseconds that the tracker may take for an answer: it is this machine. */
const patience = 10_000;

const failure = object({ code: errorBody.code, message: errorBody.message });

/** Something to be done by the tracker. */
interface Order {
  method: "GET" | "POST";
  path: string;
  body?: unknown;
}

/** Asks the tracker that runs with a state folder on this machine. */
export class ControlClient {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws {LanyardError} `unreachable` if it is not running; so do all others. */
  async status(): Promise<Status> {
    const place = await readControlFile(this.#folder);
    const status = await this.#ask(place, { method: "GET", path: "/status" }, statusAnswer);
    return this.#checkId(place, status);
  }

  /** What a join link says; `rotate` voids those that were given out. */
  async invite(rotate: boolean): Promise<Invitation> {
    const place = await readControlFile(this.#folder);
    const path = rotate ? "/invite/rotate" : "/invite";
    const invitation = await this.#ask(place, { method: "POST", path }, invitationAnswer);
    return this.#checkId(place, invitation);
  }

  /**
   * Decides about a peer.
   *
   * @param who the first digits of an id, a name or an address
   * @throws {LanyardError} `not-found`, `ambiguous`.
   */
  async decide(what: "kick" | "ban" | "unban", who: string): Promise<Decision> {
    const place = await readControlFile(this.#folder);
    const order = { method: "POST", path: `/${what}`, body: { peer: who } } as const;
    return await this.#ask(place, order, decisionAnswer);
  }

  async #ask<T>(place: ControlPlace, order: Order, answer: Field<T>): Promise<T> {
    const { status, said } = await this.#send(place, order);
    if (status === 200) return this.#read(said, answer);
    const error = this.#read(said, failure);
    if (status === 401) throw notRunning(this.#folder);
    throw fromErrorMessage({ verb: "ERROR", ...error });
  }

  async #send(
    { port, token }: ControlPlace,
    { method, path, body }: Order,
  ): Promise<{ status: number; said: unknown }> {
    // A proxy that the environment names would be shown the token; this goes past every proxy.
    using client = Deno.createHttpClient({
      proxy: { transport: "tcp", hostname: "127.0.0.1", port },
    });
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        client,
        method,
        headers: { authorization: `Bearer ${token}` },
        redirect: "manual",
        signal: AbortSignal.timeout(patience),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, said: await readJson(response.body) };
    } catch (cause) {
      if (!(cause instanceof DOMException && cause.name === "TimeoutError")) {
        throw notRunning(this.#folder, cause);
      }
      throw new LanyardError("timeout", "The tracker is running but does not answer", { cause });
    }
  }

  /** What makes no sense comes from a program that got the port of a tracker that has ended. */
  #read<T>(said: unknown, answer: Field<T>): T {
    try {
      return answer.parse(said, "answer");
    } catch (cause) {
      throw notRunning(this.#folder, cause);
    }
  }

  #checkId<T extends { id: string }>(place: ControlPlace, answer: T): T {
    if (answer.id !== place.id) throw notRunning(this.#folder);
    return answer;
  }
}

import { LanyardError } from "../../../shared/mod.ts";
import type { StoreCalls, StoreReply, StoreRequest } from "./calls.ts";
import type { SqliteStore } from "./store.ts";

type Asked = Extract<StoreRequest, { call: number }>;
type Write = Extract<Asked, { method: "put" | "remove" | "drop" }>;

/** Milliseconds of writing, after which questions have their turn. */
const sliceMs = 5;
/** Milliseconds for which writes are put together before they are made to last, and answered. */
const groupMs = 25;

/**
 * The work of one store: questions first, each as a whole, and writes in between, in the order in
 * which they came, in slices. A write is answered when it is committed.
 */
export class WorkQueue {
  readonly #store: SqliteStore;
  readonly #reply: (reply: StoreReply) => void;
  readonly #now: () => number;
  readonly #questions: Exclude<Asked, Write>[] = [];
  readonly #writes: Write[] = [];
  /** The write that is under way. */
  #steps: Generator<void, unknown> | undefined;
  /** Answers to writes that are done and not committed yet. */
  readonly #done: StoreReply[] = [];
  #begun: number | undefined;

  /** @param now milliseconds of a clock that does not jump */
  constructor(store: SqliteStore, reply: (reply: StoreReply) => void, now: () => number) {
    this.#store = store;
    this.#reply = reply;
    this.#now = now;
  }

  /** Whether there is something to do. */
  get isBusy(): boolean {
    return this.#questions.length > 0 || this.#writes.length > 0 || this.#begun !== undefined;
  }

  /** Takes a request. What changes how a session is seen changes it now. */
  add(request: StoreRequest): void {
    if (!("call" in request)) this.#store[request.method](request.holder);
    else if (isWrite(request)) this.#writes.push(request);
    else this.#questions.push(request);
  }

  /** Answers the questions, and then writes for a while. */
  work(): void {
    for (let question = this.#questions.shift(); question; question = this.#questions.shift()) {
      this.#answer(question);
    }
    const end = this.#now() + sliceMs;
    while (this.#writes.length > 0 && this.#now() < end) this.#write(end);
    const isOver = this.#writes.length === 0 || this.#now() - (this.#begun ?? Infinity) > groupMs;
    if (isOver) this.#commit();
  }

  #answer(question: Exclude<Asked, Write>): void {
    const { call } = question;
    try {
      this.#reply({ call, answer: this.#ask(question) });
    } catch (error) {
      this.#reply({ call, ...described(error) });
    }
  }

  #ask(question: Exclude<Asked, Write>): StoreCalls[Exclude<Asked, Write>["method"]]["answer"] {
    switch (question.method) {
      case "holds":
        return this.#store.holds(question.ask.holder, question.ask);
      case "search":
        return this.#store.search(question.ask.query, question.ask.page);
      case "list":
        return this.#store.list(question.ask.query, question.ask.page);
      case "sources":
        return this.#store.sources(question.ask.query, question.ask.page);
    }
  }

  /** Goes on with the first of the writes, until it is done or the time is over. */
  #write(end: number): void {
    const [write] = this.#writes;
    if (write === undefined) return;
    if (this.#begun === undefined) {
      this.#store.begin();
      this.#begun = this.#now();
    }
    const { call } = write;
    try {
      this.#steps ??= this.#start(write);
      for (let steps = 0; steps % 16 !== 0 || this.#now() < end; steps++) {
        const { done, value } = this.#steps.next();
        if (done !== true) continue;
        this.#done.push({ call, answer: value });
        this.#finish();
        return;
      }
    } catch (error) {
      this.#done.push({ call, ...described(error) });
      this.#finish();
    }
  }

  #start(write: Write): Generator<void, unknown> {
    switch (write.method) {
      case "put":
        return this.#store.put(write.ask.holder, write.ask.files, write.ask.most);
      case "remove":
        return this.#store.remove(write.ask.holder, write.ask.paths);
      case "drop":
        return this.#store.drop(write.ask.holder);
    }
  }

  #finish(): void {
    this.#writes.shift();
    this.#steps = undefined;
  }

  #commit(): void {
    if (this.#begun === undefined) return;
    this.#store.commit();
    this.#begun = undefined;
    for (const reply of this.#done.splice(0)) this.#reply(reply);
  }
}

function isWrite(request: Asked): request is Write {
  return request.method === "put" || request.method === "remove" || request.method === "drop";
}

function described(error: unknown): Omit<Extract<StoreReply, { code: unknown }>, "call"> {
  if (error instanceof LanyardError) {
    const { code, message, fatal } = error;
    return { code, message, fatal };
  }
  return { code: "internal", message: String(error), fatal: false };
}

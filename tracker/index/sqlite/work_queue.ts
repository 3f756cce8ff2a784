import { LanyardError } from "../../../shared/mod.ts";
import type { StoreCalls, StoreReply, StoreRequest } from "./calls.ts";
import type { SqliteStore } from "./store.ts";

/** What a queue is given: everything but the end. */
export type Work = Exclude<StoreRequest, { method: "close" }>;
type Asked = Extract<Work, { call: number }>;
type Write = Extract<Asked, { method: "put" | "remove" | "drop" | "note" }>;

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
  readonly #reply: (replies: StoreReply[]) => void;
  readonly #now: () => number;
  readonly #questions: Exclude<Asked, Write>[] = [];
  readonly #writes: Write[] = [];
  /** The write that is under way. */
  #steps: Iterator<void, unknown> | undefined;
  /** Answers to writes that are done and not committed yet. */
  #done: StoreReply[] = [];
  #begun: number | undefined;

  /**
   * @param reply sends some answers together: one that comes behind a thousand waits for each
   * @param now milliseconds of a clock that does not jump
   */
  constructor(store: SqliteStore, reply: (replies: StoreReply[]) => void, now: () => number) {
    this.#store = store;
    this.#reply = reply;
    this.#now = now;
  }

  /** Whether there is something to do. */
  get isBusy(): boolean {
    return this.#questions.length > 0 || this.#writes.length > 0 || this.#begun !== undefined;
  }

  /**
   * Whether what was written would be wrong if the rest of it failed: files without their folders. A
   * session that is dropped belongs to nobody, and may take long.
   */
  get #isHalfDone(): boolean {
    return this.#steps !== undefined && this.#writes[0]?.method !== "drop";
  }

  /** Takes a request. What changes how a session is seen changes it now. */
  add(request: Work): void {
    if (!("call" in request)) this.#store[request.method](request.holder);
    else if (isWrite(request)) {
      // It takes its time; until then nobody is to find anything of it.
      if (request.method === "drop") this.#store.hide(request.ask.holder);
      this.#writes.push(request);
    } else this.#questions.push(request);
  }

  /** Answers the questions, and then writes for a while. */
  work(): void {
    for (let question = this.#questions.shift(); question; question = this.#questions.shift()) {
      this.#answer(question);
    }
    const end = this.#now() + sliceMs;
    while (this.#writes.length > 0 && this.#now() < end && !this.#isDue) this.#write(end);
    if (this.#writes.length === 0 || this.#isDue) this.#commit();
  }

  /** Whether what was written is to be made to last before anything else is begun. */
  get #isDue(): boolean {
    if (this.#begun === undefined || this.#isHalfDone) return false;
    return this.#now() - this.#begun > groupMs;
  }

  /** Makes to last what was written, and closes the store; what is left is not done. */
  close(): void {
    this.#commit();
    this.#store.close();
  }

  #answer(question: Exclude<Asked, Write>): void {
    const { call } = question;
    try {
      this.#reply([{ call, answer: this.#ask(question) }]);
    } catch (error) {
      this.#reply([{ call, ...describeError(error) }]);
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
      do {
        const { done, value } = this.#steps.next();
        if (done === true) {
          this.#done.push({ call, answer: value });
          return this.#finish();
        }
      } while (this.#now() < end);
    } catch (error) {
      // Refused before anything was written, or something that happens to the disk.
      if (!(error instanceof LanyardError)) return this.#rollBack(error);
      this.#done.push({ call, ...describeError(error) });
      this.#finish();
    }
  }

  #start(write: Write): Iterator<void, unknown> {
    switch (write.method) {
      case "put":
        return this.#store.put(write.ask.holder, write.ask.files, write.ask.most);
      case "remove":
        return this.#store.remove(write.ask.holder, write.ask.paths);
      case "note":
        this.#store.note(write.ask.holder, write.ask.text);
        return [].values(); // That was all.
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
    try {
      this.#store.commit();
    } catch (error) {
      return this.#rollBack(error);
    }
    this.#begun = undefined;
    this.#replyToDone();
  }

  /** Takes back everything that was not committed: whoever asked for it is told, and can again. */
  #rollBack(error: unknown): void {
    const [write] = this.#steps === undefined ? [] : this.#writes;
    if (write !== undefined) {
      this.#done.push({ call: write.call, ...describeError(error) });
      this.#finish();
    }
    this.#store.rollBack();
    this.#begun = undefined;
    const failed = describeError(error);
    this.#done = this.#done.map(({ call }) => ({ call, ...failed }));
    this.#replyToDone();
  }

  #replyToDone(): void {
    if (this.#done.length > 0) this.#reply(this.#done);
    this.#done = [];
  }
}

function isWrite(request: Asked): request is Write {
  const { method } = request;
  return method === "put" || method === "remove" || method === "drop" || method === "note";
}

/** SQLITE_FULL. */
const sqliteFull = 13;

/** What went wrong, as it crosses to the other thread. */
export function describeError(
  error: unknown,
): Omit<Extract<StoreReply, { code: unknown }>, "call"> {
  if (error instanceof LanyardError) {
    const { code, message, fatal } = error;
    return { code, message, fatal };
  }
  const isFull = (error as { errcode?: number }).errcode === sqliteFull;
  return isFull
    ? { code: "full", message: "The disk of this tracker is full", fatal: false }
    : { code: "internal", message: String(error), fatal: false };
}

import { type ContentId, LanyardError, pieceCount, type SharePath } from "../../shared/mod.ts";
import { type Arriving, ArrivingContent } from "../download/reshare.ts";
import type { Wanted } from "../download/wanted.ts";
import type { Content } from "../upload/mod.ts";

/** How far a file is that we take. */
type State =
  | { is: "expected" }
  | { is: "arriving"; arriving: Arriving }
  /** All of it has come, or it has failed: what it is will be known soon. */
  | { is: "settling"; known: Promise<void>; hashes: Uint8Array }
  | { is: "here"; open(): Content }
  | { is: "gone" };

/** One file that we take, and give away at the same time. */
export class TakenFile {
  readonly wanted: Wanted;
  readonly announced: SharePath;
  state: State = { is: "expected" };
  #settled = Promise.withResolvers<void>();

  constructor(wanted: Wanted, announced: SharePath) {
    this.wanted = wanted;
    this.announced = announced;
  }

  /** All pieces have come, or no more will. */
  settle({ hashes }: Arriving): void {
    this.#settled = Promise.withResolvers();
    this.state = { is: "settling", known: this.#settled.promise, hashes };
  }

  /** It is known how it went. */
  become(state: State): void {
    this.state = state;
    this.#settled.resolve();
  }
}

/** A file that we take, as content to send: as much as there is of it. */
export class TakenContent implements Content {
  readonly #file: TakenFile;
  #whole: Content | undefined;

  constructor(file: TakenFile) {
    this.#file = file;
  }

  get path(): string {
    return this.#file.announced;
  }

  get id(): ContentId {
    return this.#file.wanted.id;
  }

  get size(): number {
    return this.#file.wanted.size;
  }

  get isCurrent(): boolean {
    return this.#file.state.is !== "gone";
  }

  hashes(): Uint8Array {
    const { state } = this.#file;
    if (state.is === "arriving") return state.arriving.hashes;
    if (state.is === "settling") return state.hashes;
    if (state.is === "here") return this.#opened(state).hashes();
    throw notYet();
  }

  have(): Uint8Array | undefined {
    const { state } = this.#file;
    if (state.is === "arriving") return state.arriving.verified.toBytes();
    if (state.is === "expected") return new Uint8Array(Math.ceil(pieceCount(this.size) / 8));
    return undefined;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    for (;;) {
      const { state } = this.#file;
      if (state.is === "here") return await this.#opened(state).read(offset, into);
      if (state.is === "settling") await state.known;
      else if (state.is !== "arriving") throw notYet();
      else if (await this.#readArriving(state, offset, into)) return;
    }
  }

  distrust(): void {
    this.#whole?.distrust();
  }

  close(): void {
    this.#whole?.close();
  }

  /** Reads what has come; answers whether that succeeded before everything had come. */
  async #readArriving(
    state: Extract<State, { is: "arriving" }>,
    offset: number,
    into: Uint8Array,
  ): Promise<boolean> {
    const isSo = (): boolean => this.#file.state === state;
    try {
      await new ArrivingContent(state.arriving, isSo).read(offset, into);
      return true;
    } catch (error) {
      if (isSo()) throw error;
      return false; // It is somewhere else now.
    }
  }

  #opened(state: Extract<State, { is: "here" }>): Content {
    return this.#whole ??= state.open();
  }
}

function notYet(): LanyardError {
  return new LanyardError("not-found", "This part of the file has not come yet");
}

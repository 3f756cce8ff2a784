import {
  encodeMessage,
  fromErrorMessage,
  LanyardError,
  type PeerRequest,
  type SharePath,
} from "../../shared/mod.ts";
import type { Line } from "../calls/mod.ts";
import type { LibraryFile } from "../sharing/library.ts";
import type { Content, Shelf, UploadLimits } from "../upload/mod.ts";
import { UploadSession } from "../upload/upload_session.ts";
import { WatchedContent } from "./watched_content.ts";

/** What is sent: a file, and where its bytes come from. */
export interface Parcel {
  file: LibraryFile;
  shelf: Shelf;
  /** Told of how many bytes the other side has asked for, each counted once. */
  sent(bytes: number): void;
}

/** Who gets it. */
export interface Addressee {
  peer: string;
  address: string;
  /** Asks the tracker whether it is still where we are connected to. */
  isThere(): Promise<boolean>;
}

/** Milliseconds between looks at whether the receiver still reads, or is still there. */
const watchEvery = 5000;
/** Milliseconds a receiver may let us wait without reading what it has asked for. */
const patience = 30_000;

interface Pending {
  parcel: Parcel;
  resolve(stored: SharePath): void;
  reject(error: LanyardError): void;
}

/**
 * One connection over which files are sent, one after the other: the other side is invited to fetch
 * a file, asks for its parts as any receiver does, and says when it is safe on its disk.
 */
export class Delivery implements Shelf {
  readonly #line: Line;
  #pending: Pending | undefined;
  #failure: LanyardError | undefined;
  readonly #addressee: Addressee;
  readonly #watch: ReturnType<typeof setInterval>;
  #progress = { bytes: 0, at: performance.now() };

  constructor(line: Line, addressee: Addressee, limits: UploadLimits) {
    const { peer, address } = addressee;
    this.#line = line;
    this.#addressee = addressee;
    this.#watch = setInterval(() => void this.#look(), watchEvery);
    const silent = { uploaded: (): void => {}, greeted: (): void => {} };
    const session = new UploadSession(line.wire, this, limits, silent, {
      address,
      known: { peer },
      answered: (answer) => {
        const pending = this.#pending;
        this.#pending = undefined;
        if (answer.verb === "STORED") pending?.resolve(answer.path);
        else pending?.reject(fromErrorMessage(answer));
        if (answer.verb === "ERROR" && answer.fatal === true) this.close();
      },
    });
    void session.run().finally(() => this.close());
  }

  /** Whether another file can be sent. */
  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  /**
   * Sends a file.
   *
   * @param rename whether it may get another name if its own is taken
   * @returns the path under which it is kept.
   * @throws {LanyardError} why it is not taken, or `closed` if the connection ends first.
   */
  async send(parcel: Parcel, rename: boolean): Promise<SharePath> {
    if (this.#failure !== undefined) throw this.#failure;
    const { path, id, executable, stamp: { size, modified } } = parcel.file;
    const upload: PeerRequest = {
      verb: "UPLOAD",
      path,
      size,
      id,
      modified,
      ...(executable ? { executable } : {}),
      ...(rename ? { rename } : {}),
    };
    return await new Promise((resolve, reject) => {
      this.#pending = { parcel, resolve, reject };
      void this.#line.wire.send(encodeMessage(upload));
    });
  }

  /** Only the file under way is given away. */
  open(id: string, size: number): Content | undefined {
    const parcel = this.#pending?.parcel;
    const content = parcel?.shelf.open(id, size);
    if (parcel === undefined || content === undefined) return undefined;
    return new WatchedContent(content, (bytes) => parcel.sent(bytes));
  }

  /** The classic dialect takes no files. */
  openByName(): undefined {}

  /** Ends the connection; a file under way can be sent again later, and goes on then. */
  close(error = new LanyardError("closed", "The receiver closed the connection")): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    clearInterval(this.#watch);
    this.#line.wire.close();
    this.#line.release();
    this.#pending?.reject(this.#failure);
    this.#pending = undefined;
  }

  /**
   * A receiver that has asked for something reads it. One that has not may hash, sync its disk or
   * ask its owner, for however long; but if its cable was pulled, only the tracker knows.
   */
  async #look(): Promise<void> {
    const { progress, queued } = this.#line.wire;
    const now = performance.now();
    if (progress !== this.#progress.bytes) this.#progress = { bytes: progress, at: now };
    if (this.#pending === undefined) return;
    const silent = now - this.#progress.at;
    const isGone = queued > 0 && silent > patience ||
      silent > watchEvery && !await this.#addressee.isThere();
    if (isGone) this.close(new LanyardError("timeout", "The receiver does not answer"));
  }
}

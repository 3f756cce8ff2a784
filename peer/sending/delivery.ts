import {
  encodeMessage,
  fromErrorMessage,
  LanyardError,
  type PeerRequest,
  type SharePath,
} from "../../shared/mod.ts";
import type { Line } from "../dialer.ts";
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
}

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

  constructor(line: Line, { peer, address }: Addressee, limits: UploadLimits) {
    this.#line = line;
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
  close(): void {
    if (this.#failure !== undefined) return;
    this.#failure = new LanyardError("closed", "The receiver closed the connection");
    this.#line.wire.close();
    this.#line.release();
    this.#pending?.reject(this.#failure);
    this.#pending = undefined;
  }
}

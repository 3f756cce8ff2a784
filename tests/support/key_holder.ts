import { type Identity, temporaryIdentity } from "../../net/mod.ts";
import { type Message, RawConnection } from "./raw_connection.ts";
import { prove } from "../../shared/mod.ts";

/** Where a key is shown. */
interface Server {
  port: number;
  /** Its id. */
  id: string;
  purpose: "tracker" | "peer";
}

/** Somebody with a key, who speaks the protocol by hand over encrypted connections. */
export class KeyHolder {
  readonly identity: Identity;

  private constructor(identity: Identity) {
    this.identity = identity;
  }

  /** Somebody new. */
  static async make(): Promise<KeyHolder> {
    return new KeyHolder(await temporaryIdentity());
  }

  /**
   * Greets a server, and answers its challenge; `answer` is what it says to that.
   *
   * @param more what is said beside the proof, such as `invite`
   */
  async greet(
    { port, id, purpose }: Server,
    hello: Record<string, unknown> = {},
    more: Record<string, unknown> = {},
  ): Promise<{ connection: RawConnection; answer: Message }> {
    const connection = await RawConnection.openEncrypted(port);
    return await connection.orClosed(async () => {
      const said = purpose === "tracker" ? { name: "by hand", port: 0 } : {};
      const { nonce } = await connection.request("HELLO", { version: 2, ...said, ...hello });
      const proof = prove({ purpose, nonce: String(nonce), server: id }, this.identity);
      return { connection, answer: await connection.request("PROVE", { ...proof, ...more }) };
    });
  }

  /** Joins a tracker and shares a file that does not exist, which makes it a member. */
  async join(
    port: number,
    id: string,
    hello: Record<string, unknown> = {},
  ): Promise<{ connection: RawConnection; ticket: string }> {
    const { connection, answer } = await this.greet({ port, id, purpose: "tracker" }, hello);
    return await connection.orClosed(async () => {
      if (answer.verb !== "OK") throw new Error(`The tracker said ${JSON.stringify(answer)}`);
      const file = { path: "of the hand.txt", size: 1, modified: 1, id: "1".repeat(64) };
      const { ticket } = await connection.request("SHARE", { files: [file] });
      return { connection, ticket: String(ticket) };
    });
  }
}

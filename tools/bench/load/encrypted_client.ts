// Connections cost a quarter of the memory with this store of authorities.
import "../../../net/trust_store.ts";
import type { Identity } from "../../../net/mod.ts";
import { certificateName, prove } from "../../../shared/mod.ts";
import type { StartedTracker } from "../lanyard.ts";
import type { Holder } from "./holders.ts";
import { LineClient } from "./line_client.ts";
import { request } from "./requests.ts";

const LF = 0x0a;
/** Bytes of the longest HI. */
const longestGreeting = 2048;

/** What has to be known of a tracker. */
export interface EncryptedTracker extends Pick<StartedTracker, "tlsPort"> {
  identity: Pick<Identity, "certificate" | "id">;
}

/**
 * Greets a tracker over TLS. It accepts nothing before the proof: send that first.
 *
 * @param hello the HELLO to say
 * @param buffer bytes read at a time from then on
 */
export async function greetEncrypted(
  { tlsPort, identity }: EncryptedTracker,
  holder: Holder,
  hello: Uint8Array,
  buffer: number,
): Promise<{ client: LineClient; proof: Uint8Array }> {
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port: tlsPort });
  tcp.setNoDelay(true);
  const connection = await Deno.startTls(tcp, {
    hostname: certificateName,
    caCerts: [identity.certificate],
  });
  try {
    await connection.write(hello);
    const nonce = nonceOf(await readLine(connection));
    const challenge = { purpose: "tracker", nonce, server: identity.id } as const;
    const proof = request("PROVE", { ...prove(challenge, holder) });
    return { client: new LineClient(connection, buffer), proof };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** The first line, which is all that comes before a proof. */
async function readLine(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(longestGreeting);
  let length = 0;
  while (buffer[length - 1] !== LF) {
    const more = await connection.read(buffer.subarray(length));
    if (more === null) throw new Error("The tracker closed the connection");
    length += more;
  }
  return new TextDecoder().decode(buffer.subarray(0, length));
}

function nonceOf(line: string): string {
  if (!line.startsWith("HI ")) throw new Error(`The tracker said ${line}`);
  return String(JSON.parse(line.slice(3)).nonce);
}

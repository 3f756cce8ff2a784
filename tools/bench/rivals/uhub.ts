import { join } from "@std/path";
import type { Child } from "../child.ts";
import type { Lab } from "../lab.ts";
import { freePort, startDaemon } from "./daemon.ts";

/** Users that it takes at most. */
const mostUsers = 20_000;

/** What a client says first to a hub: the protocol (ADC) and the hash that it knows. */
export const firstWords: Uint8Array<ArrayBuffer> = new TextEncoder()
  .encode("HSUP ADBASE ADTIGR\n");

/** Starts a Direct Connect hub. */
export async function startUhub(lab: Lab): Promise<{ child: Child; port: number }> {
  const port = freePort();
  const file = join(lab.newFolder("uhub"), "uhub.conf");
  await Deno.writeTextFile(
    file,
    `server_port=${port}\nserver_bind_addr=127.0.0.1\nmax_users=${mostUsers}\n`,
  );
  return { child: await startDaemon(port, "uhub", "-c", file), port };
}

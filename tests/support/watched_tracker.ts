/**
 * The tracker's program, watched from inside: says what it may still do as soon as its port
 * accepts connections. Arguments are those of the tracker; `--port` comes first.
 */
import { join } from "@std/path";

const encoder = new TextEncoder();
const [, port = "", , state = ""] = Deno.args;

/** Whether something is refused for want of a permission. */
async function isRefused(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt();
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotCapable;
  }
}

async function listens(): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port: Number(port) })).close();
    return true;
  } catch {
    return false;
  }
}

void import("../../tracker/main.ts");
while (!await listens()) await new Promise((resolve) => setTimeout(resolve, 10));
const refused = {
  read: await isRefused(() => Deno.readTextFile(join(state, "identity.pem"))),
  list: await isRefused(() => Array.fromAsync(Deno.readDir("/"))),
  write: await isRefused(() => Deno.writeTextFile(join(state, "new"), "x")),
  env: await isRefused(() => Promise.resolve(Deno.env.get("HOME"))),
  run: await isRefused(() => new Deno.Command("true").output()),
  ffi: await isRefused(() => Promise.resolve(Deno.dlopen("libc.so.6", {}))),
};
Deno.stdout.writeSync(encoder.encode(`${JSON.stringify({ event: "refused", refused })}\n`));

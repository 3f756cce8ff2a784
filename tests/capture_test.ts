import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { encodeHex } from "@std/encoding";
import {
  noise,
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { idOf } from "./support/served.ts";
import { eventually, patience } from "./support/waiting.ts";

/** Everything that goes over loopback, as `tcpdump` sees it: Debian's package tcpdump, as root. */
class Capture {
  readonly #process: Deno.ChildProcess;
  readonly #file: string;

  readonly #stderr: ReadableStreamDefaultReader<Uint8Array>;

  private constructor(
    process: Deno.ChildProcess,
    file: string,
    stderr: ReadableStreamDefaultReader<Uint8Array>,
  ) {
    this.#process = process;
    this.#stderr = stderr;
    this.#file = file;
  }

  static async start(file: string, ports: readonly number[]): Promise<Capture> {
    const filter = ports.map((port) => `tcp port ${port}`).join(" or ");
    const process = new Deno.Command("tcpdump", {
      args: ["-i", "lo", "-s", "0", "-B", "65536", "-U", "-Z", "root", "-w", file, filter],
      stderr: "piped",
      stdout: "null",
    }).spawn();
    const reader = process.stderr.getReader();
    // The pipe stays open, or its last words would end it before the file is whole.
    for (let said = ""; !said.includes("listening on");) {
      const { value } = await reader.read();
      if (value === undefined) throw new Error(`tcpdump says ${said}`);
      said += new TextDecoder().decode(value);
    }
    return new Capture(process, file, reader);
  }

  /** Ends the capture when it has that many bytes; gives them. */
  async stop(bytes: number): Promise<Uint8Array> {
    const size = (): number => Deno.statSync(this.#file).size;
    await eventually(() => size() >= bytes || undefined, patience, `${bytes} bytes captured`);
    this.#process.kill("SIGINT");
    await this.#process.status;
    await this.#stderr.cancel();
    return await Deno.readFile(this.#file);
  }
}

const canCapture = await new Deno.Command("tcpdump", { args: ["-D"], stderr: "null" }).output()
  .then(({ success, stdout }) => success && new TextDecoder().decode(stdout).includes("lo "))
  .catch(() => false);

const label = "the machine in the library";

/** Content that is easy to find again: no two of its blocks are alike. */
const content = noise(300_000, 11);

/** The whole job, captured: what went over the wire, and what of it is nobody's business. */
async function captured(
  temp: TempFolder,
  tracker: RunningTracker,
  address: string,
): Promise<{ bytes: string; secrets: Record<string, string> }> {
  const name = `report-${crypto.randomUUID()}.pdf`;
  const shared = await temp.write(`shared/${name}`, content);
  await using share = await startShare(address, [shared], ["--name", label]);
  const ports = [tracker.port, tracker.tlsPort, Number(share.ready["port"])];
  const capture = await Capture.start(join(temp.path, "capture"), ports);
  await using visitor = new Visitor(address);
  assertEquals((await visitor.run("search", name.slice(0, 20))).code, 0);
  const out = await temp.folder("out");
  const { code, stderr } = await visitor.run("get", name, "-o", out);
  assertEquals(code, 0, stderr);
  await Deno.remove(join(temp.path, "shared"), { recursive: true });
  await Deno.remove(out, { recursive: true });
  const bytes = encodeHex(await capture.stop(content.length));
  const hex = (text: string): string => encodeHex(new TextEncoder().encode(text));
  const secrets = {
    "the name": hex(name),
    "the id": hex(idOf(content)),
    "the content": encodeHex(content.subarray(150_000, 150_032)),
    "the protocol": hex("HELLO {"),
    "a peer's label": hex(label),
  };
  return { bytes, secrets };
}

Deno.test({
  name: "a captured session has no name, no content and no word of the protocol in it",
  ignore: !canCapture,
  fn: async () => {
    await using temp = new TempFolder();
    await using tracker = await startTracker();
    const open = await captured(temp, tracker, tracker.address);
    for (const [what, secret] of Object.entries(open.secrets)) {
      assert(open.bytes.includes(secret), `without encryption ${what} is seen`);
    }
    const { bytes, secrets } = await captured(temp, tracker, tracker.link);
    for (const [what, secret] of Object.entries(secrets)) {
      assertEquals(bytes.includes(secret), false, `${what} is seen`);
    }
    const states = [tracker.state.path];
    for (const state of states) {
      const pem = await Deno.readTextFile(join(state, "identity.pem"));
      const key = pem.split("PRIVATE KEY-----")[1]?.replace(/[-\s]|END.*/g, "") ?? "";
      assert(key.length > 100);
      const der = encodeHex(Uint8Array.fromBase64(key));
      assertEquals(bytes.includes(der.slice(72, 136)), false, "the key is seen");
    }
  },
});

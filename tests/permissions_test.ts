import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { TempFolder } from "./support/network.ts";
import { RawConnection } from "./support/raw_connection.ts";

const repository = fromFileUrl(new URL("../", import.meta.url));

/** A port that was free a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("a tracker that listens can no longer read, write, or run anything, and still works", async () => {
  await using temp = new TempFolder();
  const port = freePort();
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--config", `${repository}deno.json`, "-P=tracker"],
      `${repository}tests/support/watched_tracker.ts`,
      ...["--port", String(port), "--state", temp.path],
      // It announces itself, too, but to this machine only.
      ...["--tls-port", "0", "--http-port", "0", "--json", "--host", "127.0.0.1"],
    ],
    cwd: repository,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.getReader();
  try {
    let said = "";
    for (; !said.includes('"refused"') || !said.endsWith("\n");) {
      const { value } = await reader.read();
      if (value === undefined) throw new Error(`It ended: ${said}`);
      said += new TextDecoder().decode(value);
    }
    const line = said.split("\n").find((one) => one.includes('"refused"')) ?? "";
    assertEquals(JSON.parse(line).refused, {
      read: true,
      list: true,
      write: true,
      env: true,
      run: true,
      ffi: true,
    });
    using connection = await RawConnection.greet(port);
    const file = { path: "a.txt", size: 1, modified: 1, id: "1".repeat(64) };
    assertEquals((await connection.request("SHARE", { files: [file] }))["files"], 1);
  } finally {
    process.kill("SIGTERM");
    await process.status;
    await reader.cancel();
  }
});

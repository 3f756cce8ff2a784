import { join } from "@std/path";
import type { Child } from "../child.ts";
import type { Lab } from "../lab.ts";
import { freePort, isRoot, startDaemon } from "./daemon.ts";

/** Serves a folder with an rsync daemon, as the module `data`. */
export async function startRsync(lab: Lab, folder: string): Promise<{ child: Child; url: string }> {
  const home = lab.newFolder("rsync");
  const port = freePort();
  const file = join(home, "rsyncd.conf");
  const owner = isRoot() ? "uid = root\ngid = root\n" : "";
  await Deno.writeTextFile(
    file,
    `use chroot = no\n${owner}[data]\npath = ${folder}\nread only = yes\n`,
  );
  const args = ["--daemon", "--no-detach", `--config=${file}`];
  const child = await startDaemon(
    port,
    "rsync",
    ...args,
    `--port=${port}`,
    "--address=127.0.0.1",
  );
  return { child, url: `rsync://127.0.0.1:${port}/data` };
}

import { join } from "@std/path";
import type { Child } from "../child.ts";
import type { Lab } from "../lab.ts";
import { freePort, isRoot, startDaemon } from "./daemon.ts";

/** Serves a folder with nginx, set up for large files. */
export async function startNginx(lab: Lab, folder: string): Promise<{ child: Child; url: string }> {
  const home = lab.newFolder("nginx");
  const port = freePort();
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${join(home, kind)};`).join(" ");
  const configuration = `${isRoot() ? "user root;" : ""} worker_processes 1; pid ${home}/pid;
events {}
http { access_log off; sendfile on; tcp_nopush on; ${paths}
  server { listen 127.0.0.1:${port}; root ${folder}; } }
`;
  const file = join(home, "nginx.conf");
  await Deno.writeTextFile(file, configuration);
  const errors = join(home, "errors");
  const args = ["-p", home, "-e", errors, "-c", file, "-g", "daemon off;"];
  return { child: await startDaemon(port, "nginx", ...args), url: `http://127.0.0.1:${port}` };
}

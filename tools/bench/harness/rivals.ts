import { join } from "@std/path";
import { isFile } from "../programs.ts";
import { findTool } from "../rivals/tool.ts";

/** A test of the harness, and the tools that it needs. */
interface Rival {
  test: string;
  tools: readonly string[];
}

const torrents = ["mktorrent", "opentracker"];

const rivals: readonly Rival[] = [
  { test: "nginx+curl", tools: ["nginx", "curl"] },
  { test: "nginx+aria2c -x4", tools: ["nginx", "aria2c"] },
  { test: "4x nginx+aria2c", tools: ["nginx", "aria2c"] },
  { test: "tree nginx+aria2c -j16", tools: ["nginx", "aria2c"] },
  { test: "rsync daemon", tools: ["rsync"] },
  { test: "tree rsync daemon", tools: ["rsync"] },
  ...["aria2 BitTorrent", "4x aria2 BitTorrent", "tree aria2 BitTorrent"]
    .map((test) => ({ test, tools: ["aria2c", ...torrents] })),
  ...["libtorrent BitTorrent", "4x libtorrent BitTorrent", "tree libtorrent"]
    .map((test) => ({ test, tools: ["python3-libtorrent", ...torrents] })),
  ...["webtorrent BitTorrent", "4x webtorrent BitTorrent", "tree webtorrent"]
    .map((test) => ({ test, tools: ["node", "webtorrent", ...torrents] })),
  { test: "magic-wormhole", tools: ["wormhole", "twist3"] },
  { test: "syncthing", tools: ["syncthing"] },
  { test: "tree syncthing", tools: ["syncthing"] },
];

/** Which tests of the harness can be made here, and what is missing for the others. */
export function possibleTests(folder: string): { tests: string[]; missing: string[] } {
  const absent = new Set<string>();
  const tests = rivals.filter(({ tools }) => {
    const missing = tools.filter((tool) => !isInstalled(tool, folder));
    missing.forEach((tool) => absent.add(tool));
    return missing.length === 0;
  }).map(({ test }) => test);
  return { tests, missing: [...absent] };
}

/** @param folder where the harness keeps what npm installed for it. */
function isInstalled(tool: string, folder: string): boolean {
  switch (tool) {
    case "webtorrent":
      return isFile(join(folder, "npm", "node_modules", "webtorrent", "package.json"));
    case "python3-libtorrent":
      return new Deno.Command("/usr/bin/python3", { args: ["-c", "import libtorrent"] })
        .outputSync().success;
    default:
      return findTool(tool) !== undefined;
  }
}

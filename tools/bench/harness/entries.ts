import { type Programs, scriptCommand } from "../programs.ts";

/** A test of the harness, as its `--config` file has it. `{NAMES}` are filled in by the harness. */
export interface Entry {
  name: string;
  group: "one" | "four" | "tree";
  note: string;
  serve: string[][];
  /** Ports that must listen before the test goes on, one for each server. */
  ready: number[];
  /** Measured apart: ends when everything is announced. */
  publish: string[];
  get: string[];
  out: string;
  tree?: true;
}

const trackerPort = 18_701;
const firstPeerPort = 18_711;

/**
 * Our programs among those that the harness measures.
 *
 * @param files how many are in the harness's tree
 */
export function entries(programs: Programs, files: number): Entry[] {
  const note = programs.peer.length === 1 ? "executable" : "deno run";
  const one = { what: "{F}", name: "f1g.bin", files: 1 };
  const tree = { what: "{TREE}", name: "tree", files };
  return [
    { name: "ours", group: "one", note, ...commands(programs, 1, one) },
    { name: "ours x4", group: "four", note, ...commands(programs, 4, one) },
    {
      name: "ours tree",
      group: "tree",
      note,
      ...commands(programs, 1, tree),
      get: get(programs, "tree/"),
      tree: true,
    },
  ];
}

function commands(
  programs: Programs,
  peers: number,
  { what, name, files }: { what: string; name: string; files: number },
): Pick<Entry, "serve" | "ready" | "publish" | "get" | "out"> {
  const ports = Array.from({ length: peers }, (_, peer) => firstPeerPort + peer);
  const tracker = [...programs.tracker, "--port", String(trackerPort), "--open", "--quiet"];
  const awaitFiles = scriptCommand("tools/bench/harness/await_files.ts");
  return {
    serve: [
      [...tracker, "--state", "{RUN}/tracker"],
      ...ports.map((port) => {
        const state = ["--state", `{RUN}/share-${port}`, "--port", String(port), "--plain"];
        return [...programs.peer, "share", what, ...address, ...state];
      }),
    ],
    ready: [trackerPort, ...ports],
    publish: [...awaitFiles, ...[trackerPort, peers, files].map(String)],
    get: get(programs, name),
    out: `{OUT}/${name}`,
  };
}

const address = ["--tracker", `127.0.0.1:${trackerPort}`];

function get({ peer }: Programs, what: string): string[] {
  return [...peer, "get", what, "--output", "{OUT}", ...address, "--state", "{RUN}/get", "--plain"];
}

import { formatJoinLink } from "../../../shared/mod.ts";
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

/** Keys that exist before anything is started, as do those of whoever was here before. */
export interface Keys {
  /** The tracker's state folder, and the id that follows from the key in it. */
  tracker: { state: string; id: string };
  /** The state folder of whoever copies. */
  getter: string;
}

const trackerPort = 18_701;
const firstPeerPort = 18_711;

/**
 * Our programs among those that the harness measures.
 *
 * @param files how many are in the harness's tree
 */
export function entries(programs: Programs, files: number, keys: Keys): Entry[] {
  const one = { what: "{F}", name: "f1g.bin", files: 1 };
  return [
    { name: "ours", group: "one", ...commands(programs, plain, 1, one) },
    { name: "ours tls", group: "one", ...commands(programs, encrypted(keys), 1, one) },
    { name: "ours x4", group: "four", ...commands(programs, plain, 4, one) },
    {
      name: "ours tree",
      group: "tree",
      ...commands(programs, plain, 1, { what: "{TREE}", name: "tree", files }),
      get: get(programs, plain, "tree/"),
      tree: true,
    },
  ];
}

/** How the programs are told to talk to each other. */
interface Talk {
  note: string;
  tracker: string[];
  /** As `await_files.ts` takes it. */
  join: string;
  peer: string[];
  getter: string;
}

const host = "127.0.0.1";

const plain: Talk = {
  note: "",
  tracker: [
    ...["--port", String(trackerPort), "--tls-port", "off"],
    ...["--state", "{RUN}/tracker"],
  ],
  join: String(trackerPort),
  peer: ["--tracker", `${host}:${trackerPort}`, "--plain"],
  getter: "{RUN}/get",
};

function encrypted({ tracker: { state, id }, getter }: Keys): Talk {
  const link = formatJoinLink({ host, port: trackerPort, id });
  return {
    note: ", encrypted",
    tracker: ["--port", "off", "--tls-port", String(trackerPort), "--state", state],
    join: link,
    peer: ["--tracker", link],
    getter,
  };
}

function commands(
  programs: Programs,
  talk: Talk,
  peers: number,
  { what, name, files }: { what: string; name: string; files: number },
): Pick<Entry, "note" | "serve" | "ready" | "publish" | "get" | "out"> {
  const ports = Array.from({ length: peers }, (_, peer) => firstPeerPort + peer);
  const options = [...talk.tracker, "--http-port", "off", "--open", "--quiet"];
  const awaitFiles = scriptCommand("tools/bench/harness/await_files.ts");
  return {
    note: `${programs.peer.length === 1 ? "executable" : "deno run"}${talk.note}`,
    serve: [
      [...programs.tracker, ...options],
      ...ports.map((port) => {
        const state = ["--state", `{RUN}/share-${port}`, "--port", String(port)];
        return [...programs.peer, "share", what, ...talk.peer, ...state];
      }),
    ],
    ready: [trackerPort, ...ports],
    publish: [...awaitFiles, talk.join, String(peers), String(files)],
    get: get(programs, talk, name),
    out: `{OUT}/${name}`,
  };
}

function get({ peer }: Programs, talk: Talk, what: string): string[] {
  return [...peer, "get", what, "--output", "{OUT}", ...talk.peer, "--state", talk.getter];
}

import { syntaxError, type TrackerRequest, trackerRequests } from "../../shared/mod.ts";

type Request<V extends TrackerRequest["verb"]> = Extract<TrackerRequest, { verb: V }>;

/** What a parameter of an address stands for in a request, where everything else is text. */
const kinds = {
  limit: "number",
  minSize: "number",
  maxSize: "number",
  exact: "boolean",
  inbox: "boolean",
  text: "text",
  cursor: "text",
  type: "text",
  peer: "text",
  id: "text",
} as const;
type Parameter = keyof typeof kinds;

const ofSearch: readonly Parameter[] = [
  ...["text", "limit", "cursor", "type", "minSize", "maxSize", "peer", "id", "exact"] as const,
];
const ofPeers: readonly Parameter[] = ["inbox", "cursor"];

/** The parameters of `GET /api/files` as the request of a peer; without a text, every file. */
export function searchRequest(query: URLSearchParams): Request<"SEARCH"> {
  const said = { text: "", ...values(query, ofSearch) };
  return { verb: "SEARCH", ...trackerRequests.SEARCH.parse(said, "query") };
}

/** The parameters of `GET /api/peers` as the request of a peer. */
export function peersRequest(query: URLSearchParams): Request<"PEERS"> {
  return { verb: "PEERS", ...trackerRequests.PEERS.parse(values(query, ofPeers), "query") };
}

/**
 * What the parameters say, to be judged like what a message says.
 *
 * @throws {LanyardError} `syntax` if one is unknown, because a filter that is passed over in silence
 * finds too much, or is there twice.
 */
function values(query: URLSearchParams, known: readonly Parameter[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, text] of query) {
    const name = known.find((parameter) => parameter === key);
    if (name === undefined) throw syntaxError(`A parameter is none of: ${known.join(", ")}`);
    if (Object.hasOwn(found, name)) throw syntaxError(`"${name}" is there twice`);
    found[name] = value(name, text);
  }
  return found;
}

/** What is no number, or neither true nor false, stays text, and so is refused later. */
function value(name: Parameter, text: string): unknown {
  if (kinds[name] === "number" && /^\d{1,16}$/.test(text)) return Number(text);
  if (kinds[name] === "boolean" && /^(?:true|false)$/.test(text)) return text === "true";
  return text;
}

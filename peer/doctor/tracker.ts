import { type ErrorCode, formatEndpoint, type LanyardError, printable } from "../../shared/mod.ts";
import type { Endpoint } from "../net.ts";
import type { Finding } from "./finding.ts";

/** What came of joining the tracker. */
export type Joining =
  | {
    /** Its label. */
    name: string;
    endpoint: Endpoint;
    encrypted: boolean;
    /** Whether it was met for the first time. */
    isNew: boolean;
    /** The words of its id. */
    words: string;
  }
  | { error: LanyardError };

const remedies: Partial<Record<ErrorCode, string>> = {
  "unreachable":
    "Start a tracker on some machine (tracker, or peer share --host-tracker), or name the one " +
    "there is with --tracker HOST; its firewall has to let in TCP ports 2222 and 2223",
  "timeout": "Is that a tracker, and is the network much slower than it should be?",
  "ambiguous": "Choose one with --tracker NAME",
  "not-invited": "Ask whoever runs it for a join link, and run: peer join",
  "banned": "Ask whoever runs it",
  "version": "Update the older of the two programs",
};

/** Judges whether the tracker can be used, and whether it is who it was before. */
export function judgeTracker(joining: Joining): Finding[] {
  if (!("error" in joining)) {
    const { name, endpoint, encrypted, isNew, words } = joining;
    const where = formatEndpoint(endpoint.host, endpoint.port);
    return [
      { name: "tracker", verdict: "ok", message: `"${printable(name)}" answers at ${where}` },
      judgeKey(encrypted, isNew, words),
    ];
  }
  const { code, message } = joining.error;
  if (code === "wrong-key") {
    const remedy = "Ask whoever runs it whether its key was changed; if so, add --trust ID";
    return [{ name: "key", verdict: "problem", message, remedy }];
  }
  if (code === "unreachable" && message.includes("\n")) {
    // Where one was looked for comes first, and then what to do about it.
    const [first = "", ...rest] = message.split("\n");
    return [{ name: "tracker", verdict: "problem", message: first, remedy: rest.join("\n") }];
  }
  const remedy = remedies[code] ?? "Look at what the tracker says of it";
  return [{ name: "tracker", verdict: "problem", message, remedy }];
}

function judgeKey(encrypted: boolean, isNew: boolean, words: string): Finding {
  const name = "key";
  if (!encrypted) {
    return {
      name,
      verdict: "warning",
      message: "Nothing is encrypted, and nobody knows who is who",
      remedy: "Leave out --plain",
    };
  }
  if (!isNew) return { name, verdict: "ok", message: "The tracker is the one that is remembered" };
  return {
    name,
    verdict: "ok",
    message: `The tracker is met for the first time; its words are: ${words}`,
  };
}

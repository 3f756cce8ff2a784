import type { Finding } from "./finding.ts";

/** Whether others can connect to us, as the tracker has tried it. */
export type Reach =
  | { outcome: "reachable" | "blocked" | "silent"; port: number; isSharing: boolean }
  /** It could not be tried. */
  | { outcome: "untried"; why: string };

/** Judges whether others can connect to our port. */
export function judgeReach(reach: Reach): Finding {
  const name = "port";
  if (reach.outcome === "untried") {
    return {
      name,
      verdict: "warning",
      message: `Whether others can connect to this machine was not tried: ${reach.why}`,
      remedy: "Add --share FOLDER, or let a peer share run meanwhile",
    };
  }
  const { outcome, port, isSharing } = reach;
  const which = isSharing ? `port ${port}, on which this machine shares` : `port ${port}`;
  switch (outcome) {
    case "reachable":
      return { name, verdict: "ok", message: `Others can connect to ${which}` };
    case "blocked":
      return {
        name,
        verdict: "problem",
        message: `Others cannot connect to ${which}`,
        remedy: `Have the firewall of this machine let in TCP port ${port}`,
      };
    case "silent":
      return {
        name,
        verdict: "warning",
        message: `The tracker did not say whether others can connect to ${which}`,
        remedy: "Run this again",
      };
  }
}

/**
 * Judges whether peers that cannot connect to us reach us all the same, by having us connect to
 * them.
 *
 * @param error why that did not work, if it did not
 */
export function judgeCall(error: Error | undefined): Finding {
  const name = "calls";
  if (error === undefined) {
    const message = "Others can copy from this machine all the same, if they can be connected to";
    return { name, verdict: "ok", message };
  }
  return {
    name,
    verdict: "problem",
    message: `Nor can they have this machine connect to them: ${error.message}`,
    remedy: "Is the tracker an older one? Then the firewall has to be opened",
  };
}

import type { Hearing } from "../../net/discovery/mod.ts";
import type { Finding } from "./finding.ts";

/** Judges whether trackers can be found, and be found here, by what this machine heard of itself. */
export function judgeHearing(hearings: readonly Hearing[]): Finding {
  const name = "discovery";
  const of = (outcome: Hearing["outcome"]): Hearing[] =>
    hearings.filter((one) => one.outcome === outcome);
  const [heard, unheard, refused] = [of("heard"), of("not heard"), of("refused")];
  if (hearings.length === heard.length) {
    const ways = [...new Set(heard.map(({ way }) => way))];
    const message = ways.length === 0
      ? "There is nowhere to look for trackers"
      : `${list(ways)} can be sent and heard`;
    return { name, verdict: "ok", message };
  }
  const message = [
    ...refused.map(({ link, way }) => `${way} cannot be used on ${link}`),
    ...unheard.map(({ link, way }) => `${way} is not heard on ${link}`),
  ].join(", ");
  if (refused.length === hearings.length) {
    const remedy = "Look at the cable or the wireless network; trackers have to be named with " +
      "--tracker HOST";
    return { name, verdict: "problem", message, remedy };
  }
  return {
    name,
    verdict: "warning",
    message,
    remedy:
      "Trackers may have to be named with --tracker HOST, and one on this machine cannot be " +
      "found, unless its firewall lets in UDP ports 2223 and 5353",
  };
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

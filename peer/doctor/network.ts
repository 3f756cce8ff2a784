import type { Finding } from "./finding.ts";

/**
 * Judges the interfaces.
 *
 * @param interfaces those that lead to other machines, each with its addresses
 */
export function judgeNetwork(interfaces: readonly string[]): Finding {
  const name = "network";
  if (interfaces.length > 0) return { name, verdict: "ok", message: interfaces.join(", ") };
  return {
    name,
    verdict: "problem",
    message: "This machine is on no network",
    remedy: "Plug in a cable, or join a wireless network",
  };
}

import type { Finding } from "./finding.ts";

/** A firewall that a machine may have, as far as it shows itself to somebody without privileges. */
export type Firewall = "ufw" | "firewalld" | "nftables" | "Windows" | "macOS";

/** Looks which firewall this machine has; nothing if none shows itself. */
export async function findFirewall(
  os: typeof Deno.build.os,
  files: FirewallFiles = { read: Deno.readTextFile, exists },
): Promise<Firewall | undefined> {
  if (os === "windows") return "Windows";
  if (os === "darwin") return "macOS";
  const ufw = await files.read("/etc/ufw/ufw.conf").catch(() => ""); // There is none.
  if (/^ENABLED=yes$/m.test(ufw)) return "ufw";
  for (const service of ["firewalld", "nftables"] as const) {
    // What systemd has started has such a link.
    if (await files.exists(`/run/systemd/units/invocation:${service}.service`)) return service;
  }
  return undefined;
}

/** Where a firewall shows itself. */
export interface FirewallFiles {
  read(path: string): Promise<string>;
  exists(path: string): Promise<boolean>;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

const remedies: Record<Firewall, string> = {
  ufw: "sudo ufw allow 2222:2224/tcp && sudo ufw allow 2223,5353/udp",
  firewalld: "sudo firewall-cmd --permanent --add-port={2222-2224/tcp,2223/udp,5353/udp} " +
    "&& sudo firewall-cmd --reload",
  nftables: "Accept TCP ports 2222 to 2224 and UDP ports 2223 and 5353 in /etc/nftables.conf",
  Windows: "Windows Security, Firewall, Allow an app: add peer.exe and tracker.exe for private " +
    "networks, and see that this network is a private one",
  macOS: "System Settings, Network, Firewall, Options: let peer and tracker accept connections",
};

/**
 * Judges the firewall.
 *
 * @param isInTheWay whether something that should have come in did not
 */
export function judgeFirewall(firewall: Firewall | undefined, isInTheWay: boolean): Finding {
  const name = "firewall";
  if (!isInTheWay) {
    const message = firewall === undefined
      ? "None shows itself"
      : `${firewall}: nothing was found to be in the way`;
    return { name, verdict: "ok", message };
  }
  if (firewall === undefined) {
    return {
      name,
      verdict: "warning",
      message: "None shows itself, but something is in the way",
      remedy:
        "Let in TCP ports 2222 to 2224 and UDP ports 2223 and 5353, here or at the access point",
    };
  }
  return {
    name,
    verdict: "warning",
    message: `${firewall} may be in the way`,
    remedy: remedies[firewall],
  };
}

/**
 * IP addresses as text. An address told to others is always the TCP source of the one it belongs
 * to, never a claim.
 */

/** Writes `::ffff:a.b.c.d`, which a dual-stack listener sees for IPv4, as `a.b.c.d`; drops a zone. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "").replace(/%.*$/, "");
}

/** Tells whether an address never leaves its machine. */
export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** Tells whether an IPv6 address means something only together with a zone (an interface). */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address);
}

/** The zone of an address (`eth0` of `fe80::1%eth0`), or nothing. */
export function zoneOf(address: string): string {
  return /%(.+)$/.exec(address)?.[1] ?? "";
}

/**
 * The address under which a searcher reaches a source. A source that the tracker sees on loopback
 * runs on the tracker's own machine, so the searcher reaches it where it reached the tracker.
 *
 * @param source the source's address as the tracker sees it
 * @param searcher both ends of the searcher's own connection to the tracker
 */
export function addressFor(source: string, searcher: { remote: string; local: string }): string {
  if (!isLoopback(source)) return source;
  return isLoopback(searcher.remote) ? "127.0.0.1" : searcher.local;
}

/** Host and port as one text; IPv6 in brackets (RFC 3986, section 3.2.2). */
export function formatEndpoint(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads `host`, `host:port`, `[v6]:port` or a bare IPv6 address; `undefined` if it is none. */
export function parseEndpoint(
  text: string,
  defaultPort: number,
): { host: string; port: number } | undefined {
  const [, bracketed, plain, bare, digits] =
    /^(?:\[([0-9a-fA-F:.]+(?:%[^\]\s]+)?)\]|([^\s:[\]/]+)|((?=[^:]*:[^:]*:)[0-9a-fA-F:.]+(?:%\S+)?))(?::(\d{1,5}))?$/
      .exec(text) ?? [];
  const host = bracketed ?? plain ?? bare;
  const port = digits === undefined ? defaultPort : Number(digits);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

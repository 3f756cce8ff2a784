/**
 * The limits of the protocol. Each protects one side from the other; each has its unit and reason.
 */
export const limits = {
  /** Bytes of one line with its LF. 400 files of a SHARE fit; a connection never buffers more. */
  lineBytes: 64 * 1024,
  /** Containers a JSON value may sit in. FOUND needs four: body, files, file, sources. */
  jsonDepth: 4,
  /** Bytes of a share path. PATH_MAX of Linux: a longer one cannot be opened there anyway. */
  pathBytes: 4096,
  /** Bytes of one path component. NAME_MAX of ext4, APFS and NTFS alike. */
  nameBytes: 255,
  /** Bytes of a peer's or tracker's label: one line in a table. */
  labelBytes: 64,
  /** Bytes of a search text: longer than any file name, with room for several words. */
  searchBytes: 1024,
  /** Words of one search: each one is a pass over the candidates. */
  searchWords: 32,
  /** Entries on one page of FOUND, SOURCES, PEERS: a screenful many times over. */
  pageEntries: 200,
  /** Bytes of a page, below the line limit so that the cursor still fits behind it. */
  pageBytes: 60 * 1024,
  /** Bytes of a paging cursor: it travels in every request that continues a list. */
  cursorBytes: 200,
  /** Sources named in one FOUND entry: enough to start; SOURCES names all. */
  foundSources: 4,
  /** Folders above a file that are found by their names: one path could have 2,000. */
  foundFolders: 32,
  /** Bytes of one unit of file content: one read, one write, one check for change. */
  unitBytes: 1024 * 1024,
  /** Bytes a receiver may have asked for and not yet received on one connection. */
  outstandingBytes: 16 * 1024 * 1024,
  /** Bytes of unsent output at which a server stops reading a connection. */
  queuedBytes: 1024 * 1024,
  /** Pieces of one file: a piece list stays at 2 MiB, and a bitmap of them fits a line. */
  pieces: 65_536,
  /** Files one peer may announce unless the tracker is told otherwise. */
  filesPerPeer: 1_000_000,
  /** Files all peers together may announce: what 24 GiB of memory holds, several times over. */
  filesInTotal: 20_000_000,
  /** Files of a classic peer that count (seed 003: "up to 5 files"). */
  classicFiles: 5,
  /** Connections of one address: a peer needs one to each other peer behind it. */
  connectionsPerAddress: 64,
  /** Connections of all addresses: twice the 10,000 sessions a tracker is made for; some 300 MB. */
  connections: 20_000,
  /** Seconds without sending after which a version-2 peer sends PING. */
  pingSeconds: 30,
  /** Seconds without a line after which a version-2 session ends: three PINGs were missed. */
  idleSeconds: 90,
  /** Seconds a connection may stay silent before its HELLO. */
  greetingSeconds: 300,
  /** Seconds for a TLS handshake, and again for the HELLO after it: no human types there. */
  handshakeSeconds: 10,
  /** Seconds without progress after which a reader that does not read is dropped. */
  stalledSeconds: 60,
  /** Seconds a greeted peer may ask another one for nothing: it can connect again. */
  quietSeconds: 600,
  /** Seconds a lost session's files are kept, hidden, for its return: a reboot or a dead spot. */
  leaseSeconds: 15 * 60,
  /** Seconds between probes of a classic peer's port: it has no keep-alive of its own. */
  probeSeconds: 60,
} as const;

/** The protocol version that this code speaks, and the oldest one it still understands. */
export const protocolVersion = 2;

/** Ports used unless others are given. 2222 is the port of the first of the original programs. */
export const defaultPorts = {
  tracker: 2222,
  trackerTls: 2223,
  /** UDP: the number of the encrypted port, so that a firewall's rule is one number. */
  discovery: 2223,
  trackerHttp: 2280,
  peer: 2224,
} as const;

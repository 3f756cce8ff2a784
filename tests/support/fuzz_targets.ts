import { certificateName, prove } from "../../shared/mod.ts";
import { clientHello } from "./bad_input.ts";
import type { Dice } from "./dice.ts";
import type { Target } from "./fuzz.ts";
import type { KeyHolder } from "./key_holder.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a fuzz is about: two ports of a tracker, and a peer on each side. */
export interface Scene {
  tracker: { port: number; tlsPort: number; id: string; certificate: string };
  plainPeer: { port: number };
  encryptedPeer: { port: number; id: string; certificate: string };
  /** A file that both share. */
  file: { name: string; id: string; size: number };
  /** Whom the tracker has accepted, with a ticket of it. */
  member: { holder: KeyHolder; ticket: string };
}

/** Everything that listens, with and without encryption. */
export function fuzzTargets(scene: Scene): [Target, ...Target[]] {
  const { tracker, plainPeer, encryptedPeer } = scene;
  return [
    {
      name: "the plain port of the tracker",
      connect: () => dial(tracker.port),
      session: (dice) => [trackerHello(dice, scene), ...trackerLines(dice, scene)],
    },
    {
      name: "the plain port of the tracker, in the classic dialect",
      connect: () => dial(tracker.port),
      session: (dice) => ["HELLO", ...classicLines(dice, scene)],
    },
    {
      name: "the encrypted port of the tracker",
      connect: (dice) =>
        dialTls(tracker, (connection) => {
          if (dice.once(4)) return Promise.resolve();
          return greet(connection, "tracker", trackerHello(dice, scene), tracker.id, scene);
        }),
      session: (dice) => [...trackerLines(dice, scene)],
    },
    {
      name: "a plain peer",
      connect: () => dial(plainPeer.port),
      session: (dice) => ['HELLO {"version":2}', ...peerLines(dice, scene)],
    },
    {
      name: "a plain peer, in the classic dialect",
      connect: () => dial(plainPeer.port),
      session: (_, { name, size } = scene.file) => [`DOWNLOAD: ${name}, , ${size}`],
    },
    {
      name: "an encrypted peer",
      connect: (dice) =>
        dialTls(encryptedPeer, (connection) => {
          if (dice.once(4)) return Promise.resolve();
          const hello = `HELLO ${JSON.stringify({ version: 2, ticket: scene.member.ticket })}`;
          return greet(connection, "peer", hello, encryptedPeer.id, scene);
        }),
      session: (dice) => peerLines(dice, scene),
    },
    {
      name: "a handshake",
      connect: (dice) => dial(dice.pick([tracker.tlsPort, encryptedPeer.port])),
      session: (dice) => dice.once(2) ? dice.bytes(dice.below(2000)) : damagedHello(dice),
    },
  ];
}

function dial(port: number): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port });
}

/** Connects with encryption; whatever is to be said first is said by `begin`. */
async function dialTls(
  { port, tlsPort = port ?? 0, certificate }: {
    port?: number;
    tlsPort?: number;
    certificate: string;
  },
  begin: (connection: Deno.TlsConn) => Promise<void>,
): Promise<Deno.TlsConn> {
  const connection = await Deno.startTls(await dial(tlsPort), {
    hostname: certificateName,
    caCerts: [certificate],
  });
  try {
    await connection.handshake();
    await begin(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Says HELLO, and proves the member's key. */
async function greet(
  connection: Deno.TlsConn,
  purpose: "tracker" | "peer",
  hello: string,
  server: string,
  { member }: Scene,
): Promise<void> {
  await connection.write(encoder.encode(`${hello}\n`));
  const bytes = new Uint8Array(4096);
  const [, nonce = ""] = /"nonce":"([\w-]+)"/.exec(
    decoder.decode(bytes.subarray(0, await connection.read(bytes) ?? 0)),
  ) ??
    [];
  const proof = prove({ purpose, nonce, server }, member.holder.identity);
  await connection.write(encoder.encode(`PROVE ${JSON.stringify(proof)}\n`));
}

/** The beginning of a handshake, and not quite. */
function damagedHello(dice: Dice): Uint8Array {
  const hello = clientHello.slice(0, 1 + dice.below(clientHello.length));
  for (let left = dice.below(5); left > 0; left--) {
    hello[dice.below(hello.length)] = dice.below(256);
  }
  return hello;
}

function trackerHello(dice: Dice, { tracker, plainPeer }: Scene): string {
  const port = dice.pick([0, 0, 1, 80, 2224, 65_535, tracker.port, plainPeer.port]);
  const digest = dice.once(5) ? { digest: `list ${dice.below(10)}` } : {};
  return `HELLO ${JSON.stringify({ version: 2, name: `fuzz ${dice.below(10)}`, port, ...digest })}`;
}

/** Some of `lines`, in any order; the last one is good. */
function some(dice: Dice, last: string, lines: [string, ...string[]]): string[] {
  const said = Array.from({ length: 1 + dice.below(12) }, () => dice.pick(lines));
  return dice.once(2) ? said : [...said, last];
}

function trackerLines(dice: Dice, { file, member }: Scene): string[] {
  const { id, size } = file;
  const shared = (path: string): unknown => ({ path, size, modified: 1_700_000_000_000, id });
  const line = (verb: string, body: object): string => `${verb} ${JSON.stringify(body)}`;
  const share = line("SHARE", { files: [shared("fuzz/a b.txt"), shared("fuzz/ü.mp4")] });
  // Whoever says what its list is called is expected back, and its files are kept for a while.
  const named = dice.once(20) ? line("SHARED", { digest: `list ${dice.below(10)}` }) : share;
  return [
    share,
    ...some(dice, "BYE {}", [
      named,
      line("UNSHARE", { paths: ["fuzz/a b.txt"] }),
      line("SEARCH", { text: "fuzz", limit: 1 + dice.below(200) }),
      line("SEARCH", {
        text: '"a b" .txt',
        exact: false,
        type: "txt",
        minSize: 0,
        maxSize: 2 ** 50,
      }),
      line("SEARCH", { text: "", id, peer: member.holder.identity.id, cursor: "x" }),
      line("LIST", { under: "fuzz" }),
      line("LIST", { peer: member.holder.identity.id, cursor: "x" }),
      line("SOURCES", { id, size }),
      line("PEERS", {}),
      line("OFFER", { file: shared("fuzz/ü.mp4"), message: "take it" }),
      line("ANSWER", { offer: "x", answer: "accepted" }),
      line("CALL", { peer: member.holder.identity.id, port: 2224 }),
      line("PROVE", prove({ purpose: "tracker", nonce: "x", server: id }, member.holder.identity)),
      "PING",
    ]),
  ];
}

function classicLines(dice: Dice, { file }: Scene): string[] {
  const record = `<${file.name}, mp4, ${file.size}, 01/01/24, 127.0.0.1, 2224>`;
  return [
    record,
    ...some(dice, "BYE", [
      record,
      `${record}|${record} ${record}`,
      "",
      `SEARCH: ${file.name}`,
      "SEARCH: none",
      `DOWNLOAD: ${file.name}, mp4, ${file.size}`,
      "SOMETHING: else",
    ]),
  ];
}

function peerLines(dice: Dice, { file: { id, size }, member }: Scene): string[] {
  const line = (verb: string, body: object): string => `${verb} ${JSON.stringify(body)}`;
  const offset = dice.below(size);
  const length = 1 + dice.below(size - offset);
  return some(dice, "BYE", [
    line("PIECES", { id, size }),
    line("PIECES", { id, size, brief: true }),
    line("DOWNLOAD", { id, size, offset, length }),
    line("DOWNLOAD", { id, size, offset: 0, length: 1 }),
    line("DOWNLOAD", { id, size, offset: 0, length: size }),
    line("DOWNLOAD", { id: "0".repeat(64), size, offset, length }),
    line("ERROR", { code: "integrity", message: "wrong bytes", id, size }),
    line("UPLOAD", { path: "x.txt", size: 1, id }),
    line("PROVE", prove({ purpose: "peer", nonce: "x", server: id }, member.holder.identity)),
    line("HELLO", { version: 2, ticket: member.ticket }),
  ]);
}

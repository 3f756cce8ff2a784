import "reflect-metadata";
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { assertEquals } from "@std/assert";
import { encodeBase64 } from "@std/encoding";
import { join } from "@std/path";
import { temporaryIdentity } from "../net/mod.ts";
import { certificateName } from "../shared/mod.ts";
import { TempFolder } from "./support/network.ts";
import { runPeer } from "./support/program.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const validity = { notBefore: new Date("2020-01-01"), notAfter: new Date("2090-01-01") };

/** An authority, and a certificate of it for the name that all of ours have. */
async function makeAuthority(): Promise<{ authority: string; certificate: string; key: string }> {
  const [top, keys] = await Promise.all([
    crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]),
    crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]),
  ]);
  const common = { signingAlgorithm: algorithm, ...validity };
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...common,
    name: "CN=Some Authority",
    keys: top,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const certificate = await X509CertificateGenerator.create({
    ...common,
    subject: "CN=Lanyard",
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: top.privateKey,
    extensions: [new SubjectAlternativeNameExtension([{ type: "dns", value: certificateName }])],
  });
  const key = encodeBase64(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  return {
    authority: authority.toString("pem"),
    certificate: certificate.toString("pem"),
    key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
  };
}

Deno.test("hostile 46: what an authority of this machine signs does not pass for a tracker", async () => {
  await using temp = new TempFolder();
  const known = await temporaryIdentity();
  const { authority, certificate, key } = await makeAuthority();
  const file = await temp.write("authority.pem", authority);
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: certificate, key });
  const said: string[] = [];
  const serving = (async () => {
    for (;;) {
      const connection = await listener.accept().catch(() => undefined);
      if (connection === undefined) return;
      const bytes = new Uint8Array(1000);
      const length = await connection.read(bytes).catch(() => null); // Refused, as it should be.
      if (length !== null) said.push(new TextDecoder().decode(bytes.subarray(0, length)));
      connection.close();
    }
  })();
  const address = `127.0.0.1:${listener.addr.port}`;
  await temp.write("state/trackers.json", JSON.stringify({ [address]: [known.certificate] }));
  const args = ["list", "--tracker", address, "--state", join(temp.path, "state"), "--json"];
  for (
    const env of [
      { DENO_CERT: file },
      { DENO_TLS_CA_STORE: "system", SSL_CERT_FILE: file },
    ] as Record<string, string>[]
  ) {
    const { code, lines } = await runPeer(args, { env });
    assertEquals([code, lines.at(-1)?.["code"]], [4, "wrong-key"], JSON.stringify(env));
  }
  listener.close();
  await serving;
  assertEquals(said, [], "nothing was said to it");
});

import { assertEquals, assertThrows } from "@std/assert";
import { temporaryIdentity } from "../../net/mod.ts";
import { LanyardError } from "../errors.ts";
import { certificateId, isSignedBy } from "./certificate.ts";

const ana = await temporaryIdentity();
const permissions = "none";
const bytes = new TextEncoder().encode("what is signed");

/** A certificate that can be read, with a key on a curve that it describes and that has no name. */
const oddCurve = `-----BEGIN CERTIFICATE-----
MIICYTCCAgegAwIBAgIUHARgWJIn5tUKs+emqiVpiSg0eVcwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBeDAeFw0yNjExMjEwNjMwMTBaFw0yNjEyMjEwNjMwMTBaMAwx
CjAIBgNVBAMMAXgwggFLMIIBAwYHKoZIzj0CATCB9wIBATAsBgcqhkjOPQEBAiEA
/////wAAAAEAAAAAAAAAAAAAAAD///////////////8wWwQg/////wAAAAEAAAAA
AAAAAAAAAAD///////////////wEIFrGNdiqOpPns+u9VXaYhrxlHQawzFOw9jvO
PD4n0mBLAxUAxJ02CIbnBJNqZnjhE50mt4GffpAEQQRrF9Hy4SxCR/i85uVjpEDy
dwN9gS3rM6D0oTlF2JjClk/jQuL+Gn+bjufrSnwPnhYrzjNXazFezsu2QGg3v1H1
AiEA/////wAAAAD//////////7zm+q2nF56E87nKwvxjJVECAQEDQgAEOchCWuMX
f+1vWIn9UPmkLlNHq3gvgPIRxPL8lEIHEFpTsbVOIdnku+noeumNLblpDGQCCvC8
NJGOp22qVHVKGqNTMFEwHQYDVR0OBBYEFExOWfg5MAwx4pEi6/Ek4vwebsnIMB8G
A1UdIwQYMBaAFExOWfg5MAwx4pEi6/Ek4vwebsnIMA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDSAAwRQIgEpN2Gr1z9I6cAtZUCM+efVrY0m3MmGyZZdLzj772
46UCIQD+5PaJFXW3uLxPoDmOeD9uylG6yel/CSOl72JVsyarWA==
-----END CERTIFICATE-----
`;

Deno.test("isSignedBy knows a signature of the certificate's key", { permissions }, () => {
  const signature = ana.sign(bytes);
  assertEquals(isSignedBy(ana.certificate, bytes, signature), true);
  assertEquals(isSignedBy(ana.certificate, bytes.subarray(1), signature), false);
  assertEquals(isSignedBy(ana.certificate, bytes, signature.subarray(1)), false);
});

Deno.test("hostile 42: isSignedBy takes a key that cannot be read for nobody's", {
  permissions,
}, () => {
  assertEquals(certificateId(oddCurve).length, 64);
  assertEquals(isSignedBy(oddCurve, bytes, ana.sign(bytes)), false);
});

Deno.test("hostile 42: what is no certificate is told so", { permissions }, () => {
  const cut = ana.certificate.split("\n").toSpliced(2, 1).join("\n");
  for (const text of ["", "nonsense", ana.key, cut]) {
    const error = assertThrows(() => certificateId(text), LanyardError);
    assertEquals([error.code, error.fatal], ["syntax", true], text);
  }
});

/** What both programs need of the network: who they are, whom they reach, how they listen. */
export { type Identity, openIdentity, temporaryIdentity } from "./identity.ts";
export { removeIfThere } from "./remove_if_there.ts";
export { idWords } from "./words.ts";
export { Certificates } from "./certificates.ts";
export { Deadline } from "./deadline.ts";
export { Detour } from "./detour.ts";
export { encrypt, type Endpoint, fetchCertificate } from "./tls.ts";
export { Doorman, type Place } from "./doorman.ts";
export type { Ends } from "./incoming.ts";
export { Listener, type ListenerOptions } from "./listener.ts";
export type { TlsKey } from "./tls_port.ts";
export { Turns } from "./turns.ts";
export { within } from "./within.ts";

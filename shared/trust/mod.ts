/** Who somebody is, and what that allows: certificates, proofs, tickets, join links. */
export * from "./certificate.ts";
export * from "./link.ts";
export { nonceBytes, type Proof, prove, proven } from "./proof.ts";
export * from "./ticket.ts";

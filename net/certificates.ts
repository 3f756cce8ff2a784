import { certificateId, LanyardError } from "../shared/mod.ts";
import { type Endpoint, fetchCertificate } from "./tls.ts";

/** Certificates by the id they give: messages carry ids, connections need certificates. */
export class Certificates {
  readonly #known = new Map<string, string>();

  /**
   * The certificate with that id, fetched where it is used unless it is known.
   *
   * @throws {LanyardError} `wrong-key` if another one is used there, or `unreachable`.
   */
  async get(id: string, endpoint: Endpoint, signal?: AbortSignal): Promise<string> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const certificate = await fetchCertificate(endpoint, signal);
    if (certificateId(certificate) !== id) {
      throw new LanyardError("wrong-key", "It is not the peer that the tracker named");
    }
    this.#known.set(id, certificate);
    return certificate;
  }
}

import { formatEndpoint, type LanyardError, type Source } from "../../shared/mod.ts";
import { type Member, newMember } from "./member.ts";
import { passing, worse } from "./no_source.ts";

/** Failed connections in a row after which a source is given up. */
const mostFailures = 4;

/** The sources of one file that have been heard of, those that were given up among them. */
export class Members {
  readonly #members = new Map<string, Member>();
  #reason: LanyardError | undefined;

  /** Those that delivered something. */
  get contributing(): Member[] {
    return [...this.#members.values()].filter(({ contributed }) => contributed);
  }

  /** Whether there is none, or all of them were given up. */
  get areGivenUp(): boolean {
    return this.#members.values().every(({ given }) => given);
  }

  /** Of the reasons for which some were given up the one that says most. */
  get reason(): LanyardError | undefined {
    return this.#reason;
  }

  /**
   * Takes in a source.
   *
   * @param again whether one that was lost, but is still named by the tracker, is tried again
   * @returns nothing if there is no work to begin with it.
   */
  take(source: Source, again: boolean): Member | undefined {
    const key = `${source.peer} ${formatEndpoint(source.address, source.port)}`;
    const known = this.#members.get(key);
    if (source.port === 0) return undefined;
    // One that has other content, or sent wrong bytes, failed for good: it is not tried again.
    const isLost = known?.given === true && known.failures === mostFailures;
    if (known !== undefined && !(again && isLost)) return undefined;
    const member = known ?? newMember(this.#members.size, source);
    member.given = false;
    member.failures = 0;
    this.#members.set(key, member);
    return member;
  }

  /** The work with a source has failed; says whether it is given up, as it is if it is to blame. */
  fail(member: Member, reason: LanyardError): boolean {
    member.failures = passing.has(reason.code) ? member.failures + 1 : Infinity;
    if (member.failures < mostFailures) return false;
    member.given = true;
    this.#reason = worse(this.#reason, reason);
    return true;
  }
}

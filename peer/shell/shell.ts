import { exitCodes, LanyardError } from "../../shared/mod.ts";
import { expanded } from "../setting_kinds.ts";
import { Downloads } from "./downloads.ts";
import { Finding, numbered } from "./finding.ts";
import { splitLine } from "./line.ts";
import { Offers, type OpenReceiver } from "./offers.ts";
import { type Order, readOrder } from "./order.ts";
import { Background, type ShellParts } from "./parts.ts";
import { Uploads } from "./uploads.ts";
import { findVerb, helpText, menuText, type VerbName, verbs } from "./verbs.ts";

/** Milliseconds between changes of the prompt: how far the copies are. */
const promptEvery = 500;

/** Takes orders, one after the other, and does them; copies go on in the background. */
export class Shell {
  /** What was found last. */
  readonly finding: Finding;
  /** What others offer. */
  readonly offers: Offers;
  readonly #parts: ShellParts;
  readonly #downloads: Downloads;
  readonly #uploads: Uploads;
  readonly #background: Background;
  #status = 0;
  #isLeft = false;

  constructor(parts: ShellParts, openReceiver: OpenReceiver) {
    this.#parts = parts;
    this.offers = new Offers(parts, openReceiver);
    this.#background = new Background(({ code }) => this.#status = exitCodes[code]);
    this.finding = new Finding(parts);
    this.#downloads = new Downloads(parts, this.finding, this.#background);
    this.#uploads = new Uploads(parts, this.finding, this.#background);
  }

  /**
   * Takes orders until there are no more, or one of them is to leave.
   *
   * @returns the exit status: 0 for a person, who has read what went wrong; for a pipe that of the
   * last order that failed.
   */
  async run(): Promise<number> {
    const { console } = this.#parts;
    const timer = setInterval(() => console.changePrompt(this.#prompt), promptEvery);
    try {
      while (!this.#isLeft) {
        const line = await console.readOrder(this.#prompt);
        if (line === undefined) break;
        await this.#do(line);
      }
      // Nobody can look how far the copies are, so whoever wanted them waits for them.
      if (!console.isTerminal) await this.#background.settled();
    } finally {
      clearInterval(timer);
      this.#background.abandon();
    }
    return console.isTerminal ? 0 : this.#status;
  }

  /** What orders are typed behind; it says how far the copies are. */
  get #prompt(): string {
    const { summary } = this.#parts.transfers;
    return summary === "" ? "lanyard> " : `lanyard ${summary}> `;
  }

  /** Does what a line says; what goes wrong is told, with what to do. */
  async #do(line: string): Promise<void> {
    try {
      const order = readOrder(line);
      if (order !== undefined) await this.#execute(order);
    } catch (error) {
      if (!(error instanceof LanyardError)) throw error;
      const { code } = error;
      const message = code === "nothing-shared"
        ? "The tracker serves only those who share something; type: share FOLDER"
        : error.message;
      this.#status = exitCodes[code];
      this.#parts.output.event({ event: "error", code, message }, () => message);
    }
  }

  async #execute({ verb, words }: Order): Promise<void> {
    switch (verb) {
      case "search":
        return await this.finding.search((await this.#wanted(verb, words)).join(" "));
      case "download":
        return await this.#downloads.download(await this.#wanted(verb, words));
      case "list":
        return await this.finding.list(words.join(" "));
      case "peers":
        return await this.finding.showPeers();
      case "upload":
        return await this.#uploads.upload(await this.#wanted(verb, words));
      case "share":
        return words.length === 0 ? this.#showShared() : await this.#share(words.join(" "));
      case "unshare":
        return await this.#unshare((await this.#wanted(verb, words)).join(" "));
      case "offers":
        return await this.offers.show();
      case "accept":
      case "decline":
        return this.offers.decide(words, verb === "accept");
      case "transfers":
        return this.#showTransfers();
      case "help":
        return this.#help(words[0]);
      case "exit":
        this.#isLeft = await this.#mayLeave();
    }
  }

  /** What follows a command; it is asked for if nothing does. */
  async #wanted(verb: VerbName, words: string[]): Promise<string[]> {
    const { question = "" } = verbs[verb];
    if (words.length > 0) return words;
    if (verb === "unshare") this.#showShared();
    const answered = splitLine(await this.#parts.console.ask(`${question} `) ?? "");
    if (answered.length > 0) return answered;
    throw new LanyardError("usage", helpText(verb));
  }

  async #share(path: string): Promise<void> {
    const { output, share } = this.#parts;
    const real = await share.add(expanded(path));
    output.result({ event: "shared", path: real }, () => `${real} is shared now.`);
  }

  async #unshare(wanted: string): Promise<void> {
    const { output, share } = this.#parts;
    const listed = /^\d+$/.test(wanted) ? share.paths[Number(wanted) - 1] : undefined;
    const real = await share.remove(listed ?? expanded(wanted));
    output.result({ event: "unshared", path: real }, () => `${real} is not shared any more.`);
  }

  #showShared(): void {
    const { output, share: { paths } } = this.#parts;
    if (paths.length === 0) output.note("You share nothing; to share a folder, type: share FOLDER");
    paths.forEach((path, at) =>
      output.result({ number: at + 1, path }, () => `${numbered(at)}  ${path}`)
    );
  }

  #showTransfers(): void {
    const { output, transfers } = this.#parts;
    if (transfers.all.length === 0) output.note("Nothing was copied yet.");
    for (const transfer of transfers.all) {
      output.result({ ...transfer }, () => transfers.describe(transfer));
    }
  }

  #help(typed: string | undefined): void {
    const verb = typed === undefined ? undefined : findVerb(typed);
    this.#parts.output.note(verb === undefined ? menuText() : helpText(verb));
  }

  /** Whether nothing is lost by leaving, or somebody says so. */
  async #mayLeave(): Promise<boolean> {
    const { console, transfers: { running } } = this.#parts;
    if (running.length === 0 || !console.isTerminal) return true;
    const what = running.length === 1 ? "A copy is" : `${running.length} copies are`;
    const answer = await console.ask(
      `${what} not finished, and would go on only when started again. Leave? (y/N) `,
    );
    return answer === undefined || /^y(?:es)?$/i.test(answer.trim());
  }
}

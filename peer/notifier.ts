import { printable } from "../shared/mod.ts";

/** How somebody who looks elsewhere is told that a transfer is over. */
export const notifications = ["off", "bell", "osc9"] as const;
export type Notification = (typeof notifications)[number];

/** Where a notification goes: standard error, which is a terminal or not. */
export interface Bell {
  isTerminal(): boolean;
  writeSync(bytes: Uint8Array): number;
}

/** Characters of a notification: what shows it has room for a line or two. */
const longest = 200;

/**
 * Tells of finished transfers through the terminal: its bell, or the message of OSC 9, which many
 * terminals show on the desktop. Where there is no terminal nothing is written.
 */
export class Notifier {
  readonly #how: Notification;
  readonly #bell: Bell;

  constructor(how: Notification, bell: Bell = Deno.stderr) {
    this.#how = how;
    this.#bell = bell;
  }

  /** Tells it, as in `notes.txt has come`. The text may hold names from a remote. */
  notify(text: string): void {
    if (this.#how === "off" || !this.#bell.isTerminal()) return;
    this.#bell.writeSync(new TextEncoder().encode(this.#how === "bell" ? "\u0007" : message(text)));
  }
}

/**
 * The sequence ends with BEL, and any control character in the text would end it early. It begins
 * with a word of ours, because some terminals take a number there for an order.
 */
function message(text: string): string {
  const shown = [...printable(text)].slice(0, longest).join("");
  return `\u001b]9;Lanyard: ${shown}\u0007`;
}

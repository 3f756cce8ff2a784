import { assertEquals, assertMatch } from "@std/assert";
import { type Bell, Notifier } from "./notifier.ts";

class FakeBell implements Bell {
  written = "";
  readonly #terminal: boolean;

  constructor(terminal = true) {
    this.#terminal = terminal;
  }

  isTerminal(): boolean {
    return this.#terminal;
  }

  writeSync(bytes: Uint8Array): number {
    this.written += new TextDecoder().decode(bytes);
    return bytes.length;
  }
}

Deno.test({
  name: "Notifier rings the bell, sends OSC 9, or does nothing",
  permissions: "none",
  fn: () => {
    const said = (["off", "bell", "osc9"] as const).map((how) => {
      const bell = new FakeBell();
      new Notifier(how, bell).notify("notes.txt has come");
      return bell.written;
    });
    assertEquals(said, ["", "\u0007", "\u001b]9;Lanyard: notes.txt has come\u0007"]);
  },
});

Deno.test({
  name: "Notifier writes nothing where there is no terminal",
  permissions: "none",
  fn: () => {
    for (const how of ["bell", "osc9"] as const) {
      const bell = new FakeBell(false);
      new Notifier(how, bell).notify("notes.txt has come");
      assertEquals(bell.written, "");
    }
  },
});

Deno.test({
  name: "hostile 07: Notifier lets no name out of its escape sequence",
  permissions: "none",
  fn: () => {
    const names = [
      "a\u0007\u001b[2J",
      "a\u009c",
      "a\u001b\\b",
      "a\nb\u202e",
      "4;3;0",
      "x".repeat(999),
    ];
    for (const name of names) {
      const bell = new FakeBell();
      new Notifier("osc9", bell).notify(name);
      const [, text = ""] = /^.\]9;Lanyard: (.+).$/.exec(bell.written) ?? [];
      assertEquals(bell.written, `\u001b]9;Lanyard: ${text}\u0007`);
      assertMatch(text, /^[^\p{Cc}\u202e]{1,220}$/u);
    }
  },
});

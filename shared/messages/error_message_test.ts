import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type ErrorCode, exitCodes, LanyardError, syntaxError } from "../errors.ts";
import { protocolVersion } from "../limits.ts";
import { decodeMessage, encodeMessage } from "./codec.ts";
import { type ErrorMessage, fromErrorMessage, toErrorMessage } from "./error_message.ts";
import { peerReplies } from "./peer_messages.ts";
import { trackerReplies } from "./tracker_messages.ts";

Deno.test({
  name: "toErrorMessage tells our own errors as they are",
  permissions: "none",
  fn: () => {
    assertEquals(toErrorMessage(new LanyardError("changed", "The file changed")), {
      verb: "ERROR",
      code: "changed",
      message: "The file changed",
    });
    assertEquals(toErrorMessage(syntaxError("Bad line")), {
      verb: "ERROR",
      code: "syntax",
      message: "Bad line",
      fatal: true,
    });
  },
});

Deno.test({
  name: "toErrorMessage keeps the text of bugs and of causes to itself",
  permissions: "none",
  fn: () => {
    const secret = "/home/ana/.ssh/id_p256";
    const bugs = [new Error(secret), new TypeError(secret), secret, { message: secret }, null];
    for (const bug of bugs) {
      assertEquals(toErrorMessage(bug), {
        verb: "ERROR",
        code: "internal",
        message: "Internal error",
        fatal: true,
      });
    }
    const told = toErrorMessage(
      new LanyardError("io", "Cannot read the file", { cause: new Error(secret) }),
    );
    assert(!JSON.stringify(told).includes(secret));
  },
});

Deno.test({
  name: "toErrorMessage says with version which ones are spoken",
  permissions: "none",
  fn: () => {
    const told = toErrorMessage(new LanyardError("version", "Too old", { fatal: true }));
    assertEquals(told.supported, [protocolVersion]);
  },
});

Deno.test({
  name: "toErrorMessage writes what its reader accepts, however long or broken the text",
  permissions: "none",
  fn: () => {
    const unit = fc.constantFrom("a", "é", "€", "😀", "\ud83d", "\udc00", "\n", "\0", '"');
    const long = fc.tuple(fc.string({ unit }), unit, fc.nat({ max: 70_000 }))
      .map(([start, unit, times]) => start + unit.repeat(times));
    const code = fc.constantFrom(...Object.keys(exitCodes) as ErrorCode[]);
    fc.assert(fc.property(code, long, fc.boolean(), (code, text, fatal) => {
      const told = toErrorMessage(new LanyardError(code, text, { fatal }));
      const line = encodeMessage(told).subarray(0, -1);
      assertEquals(decodeMessage(trackerReplies, line), told);
      assertEquals(decodeMessage(peerReplies, line), told);
    }));
  },
});

Deno.test({
  name: "toErrorMessage keeps a text of 4096 bytes whole and cuts a longer one",
  permissions: "none",
  fn: () => {
    const whole = "a".repeat(4096);
    assertEquals(toErrorMessage(new LanyardError("io", whole)).message, whole);
    const cut = toErrorMessage(new LanyardError("io", `${whole}b`)).message;
    assert(cut.endsWith("a…") && cut.length > 1000);
  },
});

Deno.test({
  name: "fromErrorMessage gives back the error that was told",
  permissions: "none",
  fn: () => {
    for (const fatal of [false, true]) {
      const error = fromErrorMessage(
        toErrorMessage(new LanyardError("refused", "Not you", { fatal })),
      );
      assert(error instanceof LanyardError);
      assertEquals([error.code, error.message, error.fatal], ["refused", "Not you", fatal]);
    }
  },
});

Deno.test({
  name: "hostile 07: fromErrorMessage makes the remote's text fit to be shown",
  permissions: "none",
  fn: () => {
    const { message } = fromErrorMessage({
      verb: "ERROR",
      code: "refused",
      message: "\u001b[2J\u202eno\r\nFORGED",
    });
    assertEquals(message, "\\u{1b}[2J\\u{202e}no\\u{d}\\u{a}FORGED");
  },
});

Deno.test({
  name: "hostile 57: an error code that a later version added arrives as internal",
  permissions: "none",
  fn: () => {
    for (const code of ['"melted"', '"toString"', '"__proto__"', "7", "null"]) {
      const line = new TextEncoder().encode(`ERROR {"code":${code},"message":"Oh"}`);
      const reply = decodeMessage(peerReplies, line) as ErrorMessage;
      assertEquals(reply, { verb: "ERROR", code: "internal", message: "Oh" });
    }
  },
});

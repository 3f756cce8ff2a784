import { assert, assertEquals } from "@std/assert";
import {
  exitCodes,
  exitStatus,
  isErrorCode,
  LanyardError,
  reasonOf,
  syntaxError,
} from "./errors.ts";

Deno.test({
  name: "exitCodes gives every error code the status that scripts rely on",
  permissions: "none",
  fn: () => {
    assertEquals<Record<string, number>>({ ...exitCodes }, {
      "not-found": 3,
      "nothing-shared": 4,
      "refused": 4,
      "ticket": 4,
      "wrong-key": 4,
      "not-invited": 4,
      "banned": 4,
      "integrity": 5,
      "changed": 5,
      "usage": 2,
      "ambiguous": 2,
      "full": 1,
      "io": 1,
      "unreachable": 1,
      "timeout": 1,
      "version": 1,
      "syntax": 1,
      "unsupported": 1,
      "order": 1,
      "bad-cursor": 1,
      "too-many": 1,
      "exists": 1,
      "unsupported-name": 1,
      "closed": 1,
      "internal": 1,
    });
    assertEquals<Record<string, number>>({ ...exitStatus }, {
      done: 0,
      interrupted: 130,
      terminated: 143,
    });
  },
});

Deno.test({
  name: "isErrorCode knows our codes and nothing that every object has",
  permissions: "none",
  fn: () => {
    for (const code of Object.keys(exitCodes)) assert(isErrorCode(code));
    for (const text of ["", "Syntax", "toString", "__proto__", "constructor", "not found"]) {
      assert(!isErrorCode(text));
    }
  },
});

Deno.test({
  name: "LanyardError carries code, text, cause and whether it ends the connection",
  permissions: "none",
  fn: () => {
    const cause = new Error("disk");
    const error = new LanyardError("io", "Cannot write", { fatal: true, cause });
    assert(error instanceof Error);
    assertEquals([error.name, error.code, error.message, error.fatal, error.cause], [
      "LanyardError",
      "io",
      "Cannot write",
      true,
      cause,
    ]);
    const plain = new LanyardError("full", "No room");
    assertEquals([plain.fatal, "cause" in plain], [false, false]);
  },
});

Deno.test({
  name: "syntaxError is fatal",
  permissions: "none",
  fn: () => {
    const error = syntaxError("Bad line");
    assertEquals([error.code, error.message, error.fatal], ["syntax", "Bad line", true]);
  },
});

Deno.test({
  name: "reasonOf takes the message of an error, and anything else that was thrown as it is",
  permissions: "none",
  fn: () => {
    const reasons = [new TypeError("Bad"), "gone", undefined].map(reasonOf);
    assertEquals(reasons, ["Bad", "gone", "undefined"]);
  },
});

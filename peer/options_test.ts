import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { limits } from "../shared/mod.ts";
import {
  type CommonOptions,
  parseRate,
  parseSize,
  wholeNumber,
  withCommonOptions,
} from "./options.ts";

/** The options as a command gets them. */
function parsed(...args: string[]): CommonOptions {
  const command = withCommonOptions(new Command("x").exitOverride());
  command.configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: "user" }).opts();
}

Deno.test("withCommonOptions has a default for everything but tracker, state and port", () => {
  const { tracker: _, state: __, ...rest } = parsed();
  assertEquals(rest, {
    share: [],
    name: Deno.hostname(),
    discovery: true,
    plain: false,
    trust: [],
    json: false,
  });
});

Deno.test("withCommonOptions reads what is given", () => {
  const options = parsed(
    ...["--tracker", "host:1", "--state", "/s", "--share", "a", "--share", "b", "--name", "ana é"],
    ...["--port", "0", "--plain", "--json"],
  );
  assertEquals(options, {
    tracker: "host:1",
    state: "/s",
    share: ["a", "b"],
    name: "ana é",
    port: 0,
    discovery: true,
    plain: true,
    trust: [],
    json: true,
  });
});

Deno.test("withCommonOptions: what settings have switched can be switched back", () => {
  const { discovery, plain } = parsed("--plain", "--no-discovery", "--discovery", "--no-plain");
  assertEquals([discovery, plain], [true, false]);
});

Deno.test("hostile 7: withCommonOptions takes no label that the protocol would refuse", () => {
  assertEquals(parsed("--name", "x".repeat(limits.labelBytes)).name.length, limits.labelBytes);
  const bad = ["", "  ", "x".repeat(limits.labelBytes + 1), "é".repeat(33), "a\nb", "a\u001bb"];
  for (const name of bad) {
    assertThrows(() => parsed("--name", name), CommanderError, "printable bytes");
  }
});

Deno.test({
  name: "hostile 32: wholeNumber reads digits within its limits, and nothing else",
  permissions: "none",
  fn: () => {
    const read = wholeNumber(1, 65_535);
    assertEquals(["1", "65535", "007"].map(read), [1, 65_535, 7]);
    for (const text of ["0", "65536", "-1", "+1", "1.0", "1e3", "0x10", "", " 1", "٣", "NaN"]) {
      const error = assertThrows(() => read(text), InvalidArgumentError);
      assertMatch(error.message, /from 1 to 65535/, text);
    }
  },
});

Deno.test({
  name: "parseSize reads bytes, and units of 1,000 and of 1,024 in any case",
  permissions: "none",
  fn: () => {
    const sizes: Record<string, number> = {
      "0": 0,
      "123": 123,
      "5b": 5,
      "20MB": 20_000_000,
      "20MiB": 20_971_520,
      "1.5 kB": 1500,
      "1.5KIB": 1536,
      "0.1GB": 100_000_000,
      "2TiB": 2_199_023_255_552,
      "9007199254740991": Number.MAX_SAFE_INTEGER,
    };
    for (const [text, bytes] of Object.entries(sizes)) assertEquals(parseSize(text), bytes, text);
  },
});

Deno.test({
  name: "hostile 24: parseSize refuses what is no size",
  permissions: "none",
  fn: () => {
    const bad = [
      "",
      "-1",
      "MB",
      "1e9",
      "1,5MB",
      ".5MB",
      "1.MB",
      "5 PB",
      "5constructor",
      "5__proto__",
    ];
    for (const text of [...bad, "9007199254740992", "9000000TB", "1MB/s", "١"]) {
      assertThrows(() => parseSize(text), InvalidArgumentError, "Give bytes");
    }
  },
});

Deno.test({
  name: "parseRate reads a size a second, and takes less than a kilobyte for a mistake",
  permissions: "none",
  fn: () => {
    assertEquals(["20MB", "20MB/s", "1000"].map(parseRate), [20_000_000, 20_000_000, 1000]);
    assertThrows(() => parseRate("999"), InvalidArgumentError, "at least 1 kB");
    assertThrows(() => parseRate("20"), InvalidArgumentError, "at least 1 kB");
    assertThrows(() => parseRate("20MB/h"), InvalidArgumentError);
  },
});

import { assertEquals } from "@std/assert";
import { parseJoinLink } from "../../../shared/mod.ts";
import { entries } from "./entries.ts";

const id = "5".repeat(64);
const made = entries({ tracker: ["tracker"], peer: ["peer"] }, 7, {
  tracker: { state: "/keys/tracker", id },
  getter: "/keys/get",
});

/** What follows an option on a command line. */
function option(command: readonly string[], name: string): string | undefined {
  return command.includes(name) ? command[command.indexOf(name) + 1] : undefined;
}

Deno.test("entries open one port of each tracker: the usual ones may be taken", () => {
  for (const { name, serve: [tracker = []], ready: [port] } of made) {
    const ports = ["--port", "--tls-port", "--http-port"].map((each) => option(tracker, each));
    assertEquals(ports.filter((each) => each !== "off"), [String(port)], name);
  }
});

Deno.test("entries join in one way everywhere: encrypted where the name says so", () => {
  for (const { name, serve: [tracker = [], ...shares], publish, get, ready: [port] } of made) {
    const joined = [...shares, get].map((command) => ({
      tracker: option(command, "--tracker"),
      plain: command.includes("--plain"),
    }));
    const isEncrypted = name.endsWith(" tls");
    assertEquals(option(tracker, "--tls-port") !== "off", isEncrypted, name);
    for (const { tracker, plain } of joined) {
      assertEquals([tracker, plain], [joined[0]?.tracker, !isEncrypted], name);
    }
    const link = parseJoinLink(joined[0]?.tracker ?? "");
    assertEquals(link, isEncrypted ? { host: "127.0.0.1", port: Number(port), id } : undefined);
    assertEquals(publish.includes(joined[0]?.tracker ?? ""), isEncrypted, name);
  }
});

import { assertEquals } from "@std/assert";
import { ReadyOutput } from "./ready_output.ts";

Deno.test("ReadyOutput tells everything after ready, but for what may be why that never comes", async () => {
  const told: string[] = [];
  const ready = Promise.withResolvers<void>();
  const output = new ReadyOutput({
    result: (_, text) => told.push(text()),
    event: ({ event }, text) => told.push(`${event}: ${text?.()}`),
    warn: (text) => told.push(text),
  }, ready.promise);

  output.event({ event: "upload" }, () => "Ana has copied it");
  output.result({}, () => "done");
  output.trouble("No tracker");
  assertEquals(told, ["No tracker"]);
  ready.resolve();
  await ready.promise;
  output.trouble("Gone");

  assertEquals(told, ["No tracker", "upload: Ana has copied it", "done", "warning: Gone"]);
});

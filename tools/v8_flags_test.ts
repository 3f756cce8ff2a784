import { assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { v8Flags } from "./v8_flags.ts";

Deno.test("the tasks run the programs as the executables run", { permissions: "none" }, () => {
  for (const program of ["tracker", "peer"] as const) {
    assertStringIncludes(config.tasks[program].command, ` --v8-flags=${v8Flags[program]} `);
  }
});

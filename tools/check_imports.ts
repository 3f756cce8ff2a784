/** Checks that imports point only in the allowed directions; see docs/ARCHITECTURE.md. */
// deno-lint-ignore-file no-console -- it is a program of the command line
import { fromFileUrl } from "@std/path";
import { check } from "./imports/rules.ts";

const top = new URL("../", import.meta.url);

/** The TypeScript files below a folder, from the top of the repository. */
function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, top))) {
    if (isDirectory) yield* sources(`${folder}${name}/`);
    else if (name.endsWith(".ts")) yield `${folder}${name}`;
  }
}

const paths = ["shared/", "net/", "tracker/", "peer/"].flatMap((area) => [...sources(area)]).sort();
const findings = paths.flatMap((path) =>
  check(path, Deno.readTextFileSync(fromFileUrl(new URL(path, top))))
);
for (const { path, line, message } of findings) console.error(`${path}:${line}: ${message}`);
if (findings.length > 0) Deno.exit(1);
console.log(`The imports of ${paths.length} files point in the allowed directions.`);

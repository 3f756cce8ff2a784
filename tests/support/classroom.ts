/** Somebody who offers a file, those who receive it, and what is kept of that. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { joining, TempFolder } from "./network.ts";
import { type Line, Program, type StartOptions } from "./program.ts";
import { eventually } from "./waiting.ts";

/** A started `peer offer`, which everybody has been told of. */
export interface RunningOffer extends AsyncDisposable {
  program: Program;
  ready: Line;
  state: TempFolder;
  /** Path of the ledger. */
  ledger: string;
}

/** A `peer receive` that has joined. */
export interface RunningReceiver extends AsyncDisposable {
  program: Program;
  ready: Line;
  /** Has its state, and the folder `files` that files go to. */
  home: TempFolder;
}

/** Offers a file through a tracker. */
export async function startOffer(
  tracker: string,
  path: string,
  args: readonly string[] = [],
  options: StartOptions = {},
): Promise<RunningOffer> {
  const state = new TempFolder();
  const fixed = [...joining(tracker), "--state", state.path, "--port", "0", "--json"];
  const program = new Program("peer", ["offer", path, ...fixed, ...args], options);
  const end = async (): Promise<void> => {
    await program[Symbol.asyncDispose]();
    await state[Symbol.asyncDispose]();
  };
  try {
    const ready = await program.event("ready");
    return { program, ready, state, ledger: String(ready["ledger"]), [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Starts to receive what is offered through a tracker. */
export async function startReceive(
  tracker: string,
  args: readonly string[] = ["--yes"],
  options: StartOptions = {},
): Promise<RunningReceiver> {
  const home = new TempFolder();
  try {
    const receiver = await receiveAgain(home, tracker, args, options);
    return {
      ...receiver,
      [Symbol.asyncDispose]: async () => {
        await receiver[Symbol.asyncDispose]();
        await home[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await home[Symbol.asyncDispose]();
    throw error;
  }
}

/** The same as a peer that was here before, in its home, which stays. */
export async function receiveAgain(
  home: TempFolder,
  tracker: string,
  args: readonly string[] = ["--yes"],
  options: StartOptions = {},
): Promise<RunningReceiver> {
  const state = ["--state", join(home.path, "state"), "-o", join(home.path, "files")];
  const fixed = [...joining(tracker), ...state, "--port", "0", "--json"];
  const program = new Program("peer", ["receive", ...fixed, ...args], options);
  const end = (): Promise<void> => program[Symbol.asyncDispose]();
  try {
    const ready = await program.event("ready");
    return { program, ready, home, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The rows of a ledger, each by the names in its header. */
export async function ledgerRows(path: string): Promise<Record<string, string>[]> {
  const [header, ...lines] = (await Deno.readTextFile(path)).split("\r\n");
  if (lines.pop() !== "") throw new Error(`The last line of ${path} has no end`);
  const names = cells(header ?? "");
  return lines.map((line) => {
    const values = cells(line);
    if (values.length !== names.length) throw new Error(`Not a row of the ledger: ${line}`);
    return Object.fromEntries(names.map((name, at) => [name, values[at] ?? ""]));
  });
}

/** What each peer has answered, in order, by name: `{ bo: "accepted done" }`. */
export async function answersIn(path: string): Promise<Record<string, string>> {
  const rows = Map.groupBy(await ledgerRows(path), ({ name = "" }) => name);
  return Object.fromEntries(
    [...rows].map(([name, of]) => [name, of.map(({ answer }) => answer).join(" ")]).sort(),
  );
}

/** That a ledger has these answers by now, or soon, and no others. */
export async function assertAnswers(
  path: string,
  expected: Record<string, string>,
): Promise<void> {
  const wanted = JSON.stringify(Object.entries(expected).sort());
  const isSo = async (): Promise<true | undefined> =>
    JSON.stringify(Object.entries(await answersIn(path))) === wanted || undefined;
  await eventually(isSo).catch(() => {}); // How it differs is said below.
  assertEquals(await answersIn(path), expected);
}

/** The cells of one line of CSV, as RFC 4180 has it. */
function cells(line: string): string[] {
  const found: string[] = [];
  for (let rest = `,${line}`; rest !== "";) {
    const [whole, quoted, plain] = /^,(?:"((?:[^"]|"")*)"|([^",]*))/.exec(rest) ?? [];
    if (whole === undefined) throw new Error(`Not CSV: ${rest}`);
    found.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    rest = rest.slice(whole.length);
  }
  return found;
}

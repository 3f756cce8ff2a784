/**
 * Shows the programs at work: a tracker and two peers in a temporary folder find, copy and verify
 * files. Everything that is printed after `$` can be typed, and what follows it is real output.
 */
// deno-lint-ignore-file no-console -- it is a program of the command line
import { createHash } from "node:crypto";
import { join } from "@std/path";
import { noise } from "../tests/support/network.ts";
import { Program } from "../tests/support/program.ts";
import { eventually } from "../tests/support/waiting.ts";

/** Milliseconds that a program may take to say what it is expected to say. */
const patience = 30_000;

/** What is shared, by person; `ana` shares the folder Lectures and `ben` the folder Music. */
const files: Record<string, Record<string, string | Uint8Array>> = {
  ana: {
    "Lectures/Lecture week 3.mp4": noise(64_000_000),
    "Lectures/Grüße 😀.txt": "Bis Montag!\n",
    "Lectures/notes.txt": "Bring the handout.\n",
    "Lectures/handouts/week 3.txt": "Read chapter 4.\n",
    "Lectures/handouts/empty.csv": "",
  },
  ben: { "Music/song.ogg": noise(2_500_000, 2) },
};

const emphasis = Deno.stdout.isTerminal() && Deno.env.get("NO_COLOR") === undefined;

function say(text: string): void {
  console.log(emphasis ? `\n\u001b[36m# ${text}\u001b[0m` : `\n# ${text}`);
}

/** One person at one machine: their folder, and the state of their peer. */
class Person {
  readonly #name: string;
  readonly #folder: string;
  readonly #env: Record<string, string>;

  constructor(name: string, folder: string, tracker = "") {
    this.#name = name;
    this.#folder = join(folder, name);
    this.#env = {
      LANYARD_STATE: join(folder, "state", name),
      LANYARD_TRACKER: tracker,
      LANYARD_DISCOVERY: "off", // The network is not to take part.
    };
  }

  /** Types a command; it goes on running. */
  start(program: "tracker" | "peer", ...args: string[]): Program {
    this.type(program, ...args);
    return new Program(program, args, { cwd: this.#folder, env: this.#env });
  }

  /** Types a command and shows what it prints; it must end with the expected status. */
  async run(expected: number, ...args: string[]): Promise<void> {
    await using program = this.start("peer", ...args);
    const { code, stdout, stderr } = await program.end();
    console.log(`${stdout}${stderr}`.trimEnd());
    if (code !== 0) console.log(`(exit status ${code})`);
    if (code !== expected) throw new Error(`The exit status is ${code}, not ${expected}`);
  }

  /** Shows a typed command. */
  type(...words: string[]): void {
    const command = words.map((word) => /[^\w./:=-]/.test(word) ? `"${word}"` : word).join(" ");
    const line = `${this.#name}$ ${command}`;
    console.log(emphasis ? `\u001b[1m${line}\u001b[0m` : line);
  }

  /** The SHA-256 of a file. */
  async sum(file: string): Promise<string> {
    const hash = createHash("sha256");
    using opened = await Deno.open(join(this.#folder, file));
    for await (const chunk of opened.readable) hash.update(chunk);
    return hash.digest("hex");
  }
}

/** Waits until a program that goes on running has said something; returns all it said. */
async function said(program: Program, what: RegExp): Promise<string> {
  const look = (): string | undefined => what.test(program.stdout) ? program.stdout : undefined;
  return (await eventually(look, patience, what.source).catch((error) => {
    throw new Error(`${program.stdout}${program.stderr}`, { cause: error });
  })).trimEnd();
}

/** Presses Ctrl-C. */
async function interrupt(program: Program): Promise<void> {
  program.kill("SIGINT");
  const { code } = await program.end();
  if (code !== 130) throw new Error(`The exit status is ${code}, not 130`);
}

/** Makes the folders of everybody. */
async function prepare(folder: string): Promise<void> {
  for (const [name, shared] of Object.entries(files)) {
    for (const [path, content] of Object.entries(shared)) {
      const file = join(folder, name, path);
      await Deno.mkdir(join(file, ".."), { recursive: true });
      if (typeof content === "string") await Deno.writeTextFile(file, content);
      else await Deno.writeFile(file, content);
    }
  }
  await Deno.mkdir(join(folder, "lab"));
}

async function demo(folder: string): Promise<void> {
  await prepare(folder);
  say("On one machine a tracker keeps the index. (0: any free port)");
  await using tracker = new Person("lab", folder)
    .start("tracker", "--tls-only", "--tls-port", "0", "--http-port", "off");
  const listening = await said(tracker, /The tracker's words are/);
  console.log(listening);
  const address = `127.0.0.1:${/port (\d+)/.exec(listening)?.[1]}`;

  const ana = new Person("ana", folder, address);
  const ben = new Person("ben", folder, address);
  say("Two people share a folder each; their peers go on running.");
  ana.type("export", `LANYARD_TRACKER=${address}`);
  await using anaShares = ana.start("peer", "share", "Lectures", "--name", "ana");
  console.log(await said(anaShares, /Stop with Ctrl-C/));
  ben.type("export", `LANYARD_TRACKER=${address}`);
  await using benShares = ben.start("peer", "share", "Music", "--name", "ben");
  console.log(`${(await said(benShares, /Stop with Ctrl-C/)).split("\n")[0]} ...`);

  say("Ben looks for files: a part of the name will do, in any case.");
  await ben.run(0, "search", "WEEK lect");
  say("What nobody shares is not found.");
  await ben.run(3, "search", "unicorn");
  say("Everything Ana shares:");
  await ben.run(0, "list", "--peer", "ana");

  say("Ben copies a file. Asked again, the peer sees that it is there.");
  await ben.run(0, "get", "lecture week 3.mp4");
  await ben.run(0, "get", "lecture week 3.mp4");
  say("A whole folder, into a folder of his own:");
  await ben.run(0, "get", "Lectures/", "-o", "Downloads");

  const names = Object.keys(files["ana"] ?? {});
  say("The copies are right, bit for bit; by SHA-256:");
  for (const name of names) {
    const [original, copy] = [await ana.sum(name), await ben.sum(`Downloads/${name}`)];
    if (original !== copy) throw new Error(`${name} differs: ${copy}, not ${original}`);
    console.log(`${copy.slice(0, 16)}...  the same  ${name}`);
  }

  say("Ana presses Ctrl-C. Her peer says BYE, and her files leave the index at once.");
  await interrupt(anaShares);
  await ben.run(3, "search", "lecture");
  await interrupt(benShares);
  await interrupt(tracker);
  say(`Done: ${names.length} files found, copied and verified.`);
}

const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "lanyard-demo-" }));
Deno.addSignalListener("SIGINT", () => {
  Deno.removeSync(folder, { recursive: true });
  Deno.exit(130);
});
try {
  await demo(folder);
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(0);

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import {
  type RunningShare,
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { hasPostgres, PostgresServer } from "./support/postgres.ts";
import { type Ended, Program } from "./support/program.ts";
import { eventually, patience } from "./support/waiting.ts";

const ignore = !hasPostgres;

/**
 * Seconds of the leases of these trackers: short, so that a dead one is soon noticed, and still
 * longer than a busy machine stands still.
 */
const lease = 4;

/** Has a database for each test; one that stops it needs its own. */
let shared: PostgresServer | undefined;
Deno.test.beforeAll(async () => {
  if (hasPostgres) shared = await PostgresServer.start();
});
Deno.test.afterAll(async () => await shared?.[Symbol.asyncDispose]());

/** A database, and trackers with one key that have their index in it. */
class Campus implements AsyncDisposable {
  readonly folder = new TempFolder();
  readonly server: PostgresServer;
  readonly database: string;

  private constructor(server: PostgresServer, database: string) {
    this.server = server;
    this.database = database;
  }

  static async open(server = shared): Promise<Campus> {
    if (server === undefined) throw new Error("PostgreSQL is not installed");
    return new Campus(server, await server.database());
  }

  get index(): string {
    return `${this.server.bareUrl(this.database)}?lease=${lease}`;
  }

  get env(): Record<string, string> {
    return { PGPASSWORD: this.server.password };
  }

  /** Starts a tracker; all have the key of the first one. */
  async track(name: string): Promise<RunningTracker> {
    const state = await this.folder.folder(`state of ${name}`);
    const key = join(this.folder.path, "identity.pem");
    try {
      await Deno.copyFile(key, join(state, "identity.pem"));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const args = ["--index", this.index, "--state", state, "--name", name];
    const tracker = await startTracker(args, { env: this.env });
    await Deno.copyFile(join(state, "identity.pem"), key);
    return tracker;
  }

  async share(tracker: string, name: string): Promise<RunningShare> {
    await this.folder.write(`${name}/${name}'s film.mp4`, `of ${name}`);
    return await startShare(tracker, [join(this.folder.path, name)], ["--name", name]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}

/** The names that a search finds. */
function names({ lines }: Ended): unknown[] {
  return lines.map(({ name }) => name).sort();
}

/** Searches until it finds just these. */
async function finds(visitor: Visitor, expected: string[]): Promise<void> {
  await eventually(
    async () =>
      `${names(await visitor.run("search", "film"))}` === `${expected}` ? true : undefined,
    patience,
    `a search to find ${expected}`,
  );
}

const both = ["ana's film.mp4", "bo's film.mp4"];

for (const way of ["plain", "encrypted"] as const) {
  const tracked = (tracker: RunningTracker): string =>
    way === "plain" ? tracker.address : tracker.link;

  Deno.test(`trackers at one database find each other's files, and these are copied, ${way}`, {
    ignore,
  }, async () => {
    await using campus = await Campus.open();
    await using north = await campus.track("north");
    await using south = await campus.track("south");
    await using _ana = await campus.share(tracked(north), "ana");
    await using _bo = await campus.share(tracked(south), "bo");
    for (const tracker of [north, south]) {
      await using visitor = new Visitor(tracked(tracker));
      await finds(visitor, both);
      assertEquals(names(await visitor.run("peers")).filter((one) => one !== "visitor").length, 3);
      assertEquals(names(await visitor.run("list", "--peer", "ana")), ["ana's film.mp4"]);
      for (const file of both) {
        const { code } = await visitor.run("get", file, "-o", visitor.folder.path);
        assertEquals(code, 0, file);
        const copied = await Deno.readTextFile(join(visitor.folder.path, file));
        assertEquals(copied, `of ${file.split("'")[0]}`);
      }
    }
  });
}

Deno.test("a file is sent to a peer of another tracker at the same database", {
  ignore,
}, async () => {
  await using campus = await Campus.open();
  await using north = await campus.track("north");
  await using south = await campus.track("south");
  const inbox = await campus.folder.folder("inbox");
  const shared = await campus.folder.write("ana/a.txt", "a");
  const args = ["--name", "ana", "--inbox", inbox];
  await using _ana = await startShare(north.link, [shared], args);
  await using visitor = new Visitor(south.link);
  const file = await visitor.folder.write("notes.txt", "of the lesson");
  assertEquals((await visitor.run("send", file, "--to", "ana")).code, 0);
  const found: string[] = [];
  for await (const path of filesBelow(inbox)) found.push(path);
  assertEquals(found.length, 1);
  assertEquals(await Deno.readTextFile(found[0] ?? ""), "of the lesson");
});

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* filesBelow(join(folder, name));
    else yield join(folder, name);
  }
}

/** Two trackers with a peer each, and a visitor of the one in the south that finds all. */
async function withTwo(
  run: (campus: Campus, north: RunningTracker, visitor: Visitor) => Promise<void>,
): Promise<void> {
  await using campus = await Campus.open();
  await using north = await campus.track("north");
  await using south = await campus.track("south");
  await using _ana = await campus.share(north.link, "ana");
  await using _bo = await campus.share(south.link, "bo");
  await using visitor = new Visitor(south.link);
  await finds(visitor, both);
  await run(campus, north, visitor);
}

Deno.test("hostile 53: the files of a tracker that was killed vanish when its lease is over", {
  ignore,
}, () =>
  withTwo(async (campus, north, visitor) => {
    north.program.kill("SIGKILL");
    await north.program.end();
    await finds(visitor, ["bo's film.mp4"]);
    await eventually(
      // What is left is bo's file, and the folder that it is in.
      async () => await count(campus, "copies") === 2 ? true : undefined,
      patience,
      "its files to be taken out",
    );
  }));

Deno.test(
  "the files of a tracker that ends are gone with it",
  { ignore },
  () =>
    withTwo(async (_, north, visitor) => {
      north.program.kill("SIGTERM");
      assertEquals((await north.program.end()).code, 143);
      assertEquals(names(await visitor.run("search", "film")), ["bo's film.mp4"]);
    }),
);

async function count(campus: Campus, table: string): Promise<number> {
  return await campus.server.sql(campus.database, async (sql) => {
    const [row] = await sql`select count(*)::int as n from ${sql(`lanyard.${table}`)}`;
    return Number(row?.["n"]);
  });
}

Deno.test(
  "hostile 53: a database that goes away and comes back costs errors meanwhile, and nothing else",
  {
    ignore,
  },
  async () => {
    await using server = await PostgresServer.start();
    await using campus = await Campus.open(server);
    await using tracker = await campus.track("north");
    await using _ana = await campus.share(tracker.link, "ana");
    await using visitor = new Visitor(tracker.link);
    await finds(visitor, ["ana's film.mp4"]);
    await campus.server.stop();
    const searched = await visitor.run("search", "film");
    const { code, message } = searched.lines.at(-1) ?? {};
    assertEquals([searched.code, code], [1, "io"]);
    assertMatch(String(message), /database/);
    await tracker.program.line(({ event, code }) => event === "error" && code === "io");
    // Its peer cannot announce what it shares now, and does it again when it can.
    const bo = campus.share(tracker.link, "bo");
    await tracker.program.line(({ event, name }) => event === "joined" && name === "bo");
    await campus.server.resume();
    await using _bo = await bo;
    await finds(visitor, both);
    // It ends in good order, too.
    await campus.server.stop();
    tracker.program.kill("SIGTERM");
    assertEquals((await tracker.program.end()).code, 143);
    assert(!tracker.program.stdout.includes(campus.server.password));
    assert(!tracker.program.stderr.includes(campus.server.password));
  },
);

Deno.test("hostile 53: a tracker that was taken for dead has its peers announce everything again", {
  ignore,
}, async () => {
  await using campus = await Campus.open();
  await using tracker = await campus.track("north");
  await using _ana = await campus.share(tracker.link, "ana");
  await using visitor = new Visitor(tracker.link);
  await finds(visitor, ["ana's film.mp4"]);
  await campus.server.sql(campus.database, async (sql) => {
    await sql`update lanyard.trackers set ended = true`;
    await sql`update lanyard.sessions set hidden = true`;
  });
  await finds(visitor, ["ana's film.mp4"]);
});

Deno.test(
  "hostile 53: a database that cannot be used is refused in words, and no password is repeated",
  {
    ignore,
  },
  async () => {
    await using campus = await Campus.open();
    const { server, database } = campus;
    await server.sql(database, async (sql) => {
      await sql`create role guest login password ${sql.unsafe(`'${server.password}'`)}`;
    });
    const later = await server.database();
    {
      await using _first = await startTracker(["--index", server.bareUrl(later)], {
        env: campus.env,
      });
    }
    await server.sql(later, (sql) => sql`update lanyard.version set version = 99`);
    const wrong = { PGPASSWORD: "wr0ng" };
    const faults: [url: string, env: Record<string, string>, message: RegExp][] = [
      [server.bareUrl(database), wrong, /does not let in "tester"/],
      [server.bareUrl("missing"), campus.env, /no database "missing".*createdb/],
      [server.bareUrl(database, "guest"), campus.env, /GRANT CREATE ON DATABASE/],
      [server.bareUrl(later), campus.env, /later version/],
      [
        `postgres://tester@127.0.0.1:1/x`,
        campus.env,
        /No database answers at 127\.0\.0\.1, port 1/,
      ],
    ];
    for (const [url, env, expected] of faults) {
      const { code, lines, stdout, stderr } = await refused(campus, ["--index", url], env);
      assertEquals([code, lines.at(-1)?.["code"]], [1, "io"], url);
      assertMatch(String(lines.at(-1)?.["message"]), expected);
      for (const secret of Object.values(env)) assert(!`${stdout}${stderr}`.includes(secret));
    }
  },
);

Deno.test("usage: tracker --index takes the address of a database, and repeats no password", async () => {
  await using folder = new TempFolder();
  const secret = "s3cret";
  const wrong = [
    `postgres://ana:${secret}@`,
    `postgres://ana:${secret}@host`,
    `postgre://ana:${secret}@host/database`,
    `postgres://ana:${secret}@host/database?pool=9`,
    `postgres://ana:${secret}%@host/database`,
    `postgres:ana:${secret}`,
  ];
  for (const url of wrong) {
    for (const [args, env] of [[["--index", url], {}], [[], { LANYARD_INDEX: url }]] as const) {
      const { code, lines, stdout, stderr } = await refused({ folder }, args, env);
      assertEquals([code, lines.at(-1)?.["code"]], [2, "usage"], url);
      assert(!`${stdout}${stderr}`.includes(secret), url);
    }
  }
  const fresh = ["--fresh-index", "--index", "postgres://ana@host/database"];
  assertEquals((await refused({ folder }, fresh, {})).code, 2);
});

Deno.test("a tracker warns of a password that others can see, and takes one from LANYARD_INDEX", {
  ignore,
}, async () => {
  await using campus = await Campus.open();
  const url = campus.server.url(campus.database);
  {
    await using seen = await startTracker(["--index", url]);
    assertMatch(seen.program.stderr, /can see the password/);
    assert(!seen.program.stderr.includes(encodeURIComponent(campus.server.password)));
  }
  await using unseen = await startTracker([], { env: { LANYARD_INDEX: url } });
  assertEquals(unseen.program.stderr, "");
  await using _ana = await campus.share(unseen.address, "ana");
  assert(await count(campus, "copies") > 0);
});

/** Tries to start a tracker, and waits for its end. */
async function refused(
  { folder }: Pick<Campus, "folder">,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  const state = await folder.folder("other state");
  const ports = ["--port", "0", "--tls-port", "0", "--http-port", "off", "--json"];
  await using tracker = new Program("tracker", [...ports, "--state", state, ...args], { env });
  return await tracker.end();
}

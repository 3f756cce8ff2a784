import { join } from "@std/path";
import postgres from "postgres";
import { eventually, patience } from "./waiting.ts";

/** The folder with the programs of the newest PostgreSQL of this machine, if there is one. */
function findPrograms(): string | undefined {
  const top = "/usr/lib/postgresql";
  try {
    const versions = [...Deno.readDirSync(top)].map(({ name }) => name)
      .sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(top, version, "bin"))
      .find((folder) => exists(join(folder, "initdb")));
  } catch {
    return undefined; // It is not installed.
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

const programs = findPrograms();

/** Whether there is a PostgreSQL to test with; if not, it is said once. */
export const hasPostgres = programs !== undefined;
if (!hasPostgres) {
  Deno.stderr.writeSync(
    new TextEncoder().encode("PostgreSQL is not installed; the tests with it are left out\n"),
  );
}

const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;
const user = "tester";
const password = "s3cret/of:tests";

/** A PostgreSQL of its own, in a temporary folder, at a port that stays the same. */
export class PostgresServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  #databases = 0;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  /** Makes one and starts it. */
  static async start(): Promise<PostgresServer> {
    const folder = await Deno.makeTempDir({ prefix: "lanyard-postgres-" });
    // It does not run as root, and whoever it runs as has to get there.
    if (isRoot) await run("chown", "postgres", folder);
    const secret = join(folder, "password");
    await Deno.writeTextFile(secret, password);
    if (isRoot) await run("chown", "postgres", secret);
    const data = join(folder, "data");
    await asPostgres(
      "initdb",
      ...["-D", data, "-U", user, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
      ...["-A", "scram-sha-256", `--pwfile=${secret}`],
    );
    const server = new PostgresServer(folder, freePort());
    await server.resume();
    return server;
  }

  /** Where a database is, as `--index` takes it, the password included. */
  url(database = "postgres", as = user): string {
    const secret = encodeURIComponent(password);
    return `postgres://${as}:${secret}@127.0.0.1:${this.port}/${database}`;
  }

  /** The same without the password. */
  bareUrl(database: string, as = user): string {
    return `postgres://${as}@127.0.0.1:${this.port}/${database}`;
  }

  /** What `PGPASSWORD` is to be. */
  get password(): string {
    return password;
  }

  /** Makes a database; returns its name. */
  async database(): Promise<string> {
    const name = `test_${++this.#databases}`;
    await this.sql("postgres", (sql) => sql`create database ${sql(name)}`);
    return name;
  }

  /** Does something in a database. */
  async sql<T>(database: string, run: (sql: postgres.Sql) => Promise<T>): Promise<T> {
    const sql = postgres(this.url(database), { max: 1, onnotice: () => {} });
    try {
      return await run(sql);
    } finally {
      await sql.end({ timeout: 5 });
    }
  }

  /** Stops it as if somebody shut it down at once. */
  async stop(): Promise<void> {
    await this.#control("stop", "-m", "fast");
  }

  /** Starts it again. */
  async resume(): Promise<void> {
    const settings = [
      ...["fsync=off", "synchronous_commit=off", "listen_addresses=127.0.0.1"],
      ...[`port=${this.port}`, "unix_socket_directories=", "max_connections=200"],
    ].map((setting) => `-c ${setting}`).join(" ");
    await this.#control("start", "-l", join(this.#folder, "log"), "-o", settings);
    await eventually(
      async () => {
        try {
          return await this.sql("postgres", (sql) => sql`select 1`);
        } catch {
          return undefined; // It is still starting.
        }
      },
      patience,
      "PostgreSQL to answer",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#control("stop", "-m", "immediate").catch(() => {}); // A test may have stopped it.
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #control(what: string, ...args: string[]): Promise<void> {
    await asPostgres("pg_ctl", what, "-D", join(this.#folder, "data"), "-w", "-s", ...args);
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function asPostgres(program: string, ...args: string[]): Promise<void> {
  if (programs === undefined) throw new Error("PostgreSQL is not installed");
  const command = [join(programs, program), ...args];
  const [first = "", ...rest] = isRoot ? ["runuser", "-u", "postgres", "--", ...command] : command;
  await run(first, ...rest);
}

/** Runs a program, from a folder that everybody may be in. */
async function run(program: string, ...args: string[]): Promise<void> {
  // What it starts keeps its output open: nothing is read from that.
  const { code } = await new Deno.Command(program, {
    args,
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output().catch((error) => {
    throw new Error(`Cannot run ${program}`, { cause: error });
  });
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${code}`);
}

import { LanyardError } from "../../../shared/mod.ts";

/** Which database an index is in, and as whom it is used. */
export interface DatabasePlace {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** Whether the connection to it is encrypted; whose certificate that is does not matter. */
  encrypted: boolean;
  /** Seconds after which a tracker that says nothing is taken for dead. */
  leaseSeconds: number;
}

/** Seconds that are enough for a database to be started anew. */
const usualLease = 15;
const standardPort = 5432;

const form = "Give the index as postgres://USER@HOST:PORT/DATABASE, the password in PGPASSWORD";

/**
 * Reads the address of a database: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, and behind it
 * maybe `?sslmode=require` and `lease=SECONDS`.
 *
 * @param password what is used if there is none in the address
 * @throws {LanyardError} `usage`; the address, which may hold a password, is not repeated.
 */
export function parseDatabaseUrl(text: string, password = ""): DatabasePlace {
  const url = URL.parse(text);
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) throw wrong(form);
  const { hostname, pathname, port, searchParams } = url;
  const [database, user, own] = [pathname.slice(1), url.username, url.password].map(decoded);
  if (!hostname || !database || !user) throw wrong(form);
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? standardPort : Number(port),
    database,
    user,
    password: own || password,
    ...settings(searchParams),
  };
}

function settings(given: URLSearchParams): Pick<DatabasePlace, "encrypted" | "leaseSeconds"> {
  for (const name of given.keys()) {
    if (name !== "sslmode" && name !== "lease") {
      throw wrong("Behind the database may stand sslmode and lease, nothing else");
    }
  }
  const mode = given.get("sslmode") ?? "disable";
  if (mode !== "disable" && mode !== "require") throw wrong("Give sslmode=disable or require");
  const leaseSeconds = Number(given.get("lease") ?? usualLease);
  if (!(leaseSeconds >= 1 && leaseSeconds <= 3600)) throw wrong("Give lease=1 to lease=3600");
  return { encrypted: mode === "require", leaseSeconds };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong("What stands behind % in the address of the database is no character");
  }
}

function wrong(message: string): LanyardError {
  return new LanyardError("usage", message);
}

/** An index in PostgreSQL. */
import { parseDatabaseUrl } from "./database_url.ts";
import { PostgresIndex, type PostgresStart } from "./postgres_index.ts";

/**
 * Opens the index in the database at an address.
 *
 * @param password what is used if there is none in the address
 * @throws {LanyardError} `usage` if it is no such address, `io` if the database cannot be used.
 */
export async function openPostgres(
  url: string,
  password: string | undefined,
  start: Omit<PostgresStart, "place">,
): Promise<PostgresIndex> {
  return await PostgresIndex.open({ ...start, place: parseDatabaseUrl(url, password) });
}

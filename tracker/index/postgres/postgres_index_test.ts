import { limits } from "../../../shared/mod.ts";
import { hasPostgres, PostgresServer } from "../../../tests/support/postgres.ts";
import { describeIndex } from "../index_contract.ts";
import { parseDatabaseUrl } from "./database_url.ts";
import { PostgresIndex } from "./postgres_index.ts";

const server = hasPostgres ? await PostgresServer.start() : undefined;
if (server !== undefined) {
  Deno.test.afterAll(() => server[Symbol.asyncDispose]());
  let made = 0;
  describeIndex(
    "PostgresIndex",
    async () =>
      await PostgresIndex.open({
        place: parseDatabaseUrl(server.url(await server.database())),
        instance: `index ${++made}`,
        mostFiles: limits.filesInTotal,
        onError: (error) => {
          throw error;
        },
      }),
    "inherit",
    20,
  );
}

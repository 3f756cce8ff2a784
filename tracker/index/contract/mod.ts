/**
 * What every store of the index promises, as tests. A store's own test file calls `describeIndex`
 * and adds what is special about it.
 */
import { sayAnnouncing } from "./announcing.ts";
import { sayFolders } from "./folders.ts";
import { sayListing } from "./listing.ts";
import { sayPaging } from "./paging.ts";
import { saySearching } from "./searching.ts";
import { saySources } from "./sources.ts";
import { sayVisibility } from "./visibility.ts";
import { agreesWithModel } from "./property.ts";
import type { MakeIndex, Say } from "./saying.ts";

export { boundless, file, id } from "./property.ts";

/**
 * Describes an index to the test runner.
 *
 * @param name the store's name, with which every title starts
 * @param make makes an empty store
 * @param permissions what the store needs
 * @param runs random runs that it has to agree in with the model
 */
export function describeIndex(
  name: string,
  make: MakeIndex,
  permissions: Deno.PermissionOptions = "none",
  runs = 300,
): void {
  const test: Say = (behaviour, run) => {
    const [, number, rest] = /^(hostile \d\d: )?(.*)$/s.exec(behaviour) ?? [];
    Deno.test({
      name: `${number ?? ""}${name} ${rest}`,
      permissions,
      fn: async () => {
        const index = await make();
        try {
          await run(index);
        } finally {
          await index[Symbol.asyncDispose]?.();
        }
      },
    });
  };
  sayAnnouncing(test);
  sayVisibility(test);
  saySources(test);
  saySearching(test);
  sayFolders(test);
  sayListing(test);
  sayPaging(test, make);
  test("agrees with a naive model", () => agreesWithModel(make, runs));
}

import type { FileIndex } from "../index/mod.ts";
import { type IndexOperation, indexOperations, type TrackerMetrics } from "./tracker_metrics.ts";

/** What of an index is measured: only what takes time. */
type Asked = Pick<FileIndex, IndexOperation>;

/** The same index, which tells how long it takes, waiting in its queue included. */
export function meteredIndex<I extends FileIndex>(index: I, metrics: TrackerMetrics): I {
  const measured: Asked = {
    put: async (holder, files, most) => {
      await metrics.index("put", () => index.put(holder, files, most));
      metrics.announced += files.length;
    },
    remove: async (holder, paths) => {
      const before = index.totals(holder).files;
      await metrics.index("remove", () => index.remove(holder, paths));
      metrics.withdrawn += before - index.totals(holder).files;
    },
    drop: async (holder) => {
      const { files } = index.totals(holder);
      await metrics.index("drop", () => index.drop(holder));
      metrics.withdrawn += files;
    },
    holds: (holder, content) => metrics.index("holds", () => index.holds(holder, content)),
    search: (query, page) => metrics.index("search", () => index.search(query, page)),
    list: (query, page) => metrics.index("list", () => index.list(query, page)),
    sources: (query, page) => metrics.index("sources", () => index.sources(query, page)),
  };
  return new Proxy(index, {
    get: (_index, key) => {
      if (isOperation(key)) return measured[key];
      const value: unknown = Reflect.get(index, key, index);
      // Its methods know it by what is private to it, which a proxy has not.
      return typeof value === "function" ? value.bind(index) : value;
    },
  });
}

function isOperation(key: string | symbol): key is IndexOperation {
  return indexOperations.some((operation) => operation === key);
}

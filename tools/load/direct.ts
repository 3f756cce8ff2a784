import { limits, parseSharePath } from "../../shared/mod.ts";
import { SqliteStore } from "../../tracker/index/mod.ts";
import { cpuOf, residentMemory } from "../bench/usage.ts";
import { Collection, folderFiles } from "./collection.ts";
import { Latencies } from "./latencies.ts";
import type { LoadOptions, LoadReport } from "./run.ts";
import { SearchMix } from "./search_mix.ts";
import { Vocabulary } from "./vocabulary.ts";

/** Entries that are asked for, as over the wire. */
const page = { limit: 50 };
/** Folders that are written in one transaction. */
const together = 25;

/** The same load on an index in this thread, without tracker and network: to see what it spends. */
export function loadDirectly(
  { sessions, firstPeer, files, seconds, seed }: LoadOptions,
): LoadReport {
  const vocabulary = new Vocabulary();
  const collection = new Collection(seed, vocabulary);
  const store = new SqliteStore("load", { mostFiles: limits.filesInTotal });
  const folders = Math.ceil(files / folderFiles);
  let writing = 0;
  for (let peer = 0; peer < sessions; peer++) {
    for (let first = 0; first < folders; first += together) {
      const count = Math.min(together, folders - first);
      const made = Array.from(
        { length: count },
        (_, at) => collection.folder(firstPeer + peer, first + at),
      ).flat().map((file) => ({ ...file, path: parseSharePath(file.path) }));
      const start = performance.now();
      store.begin();
      for (const _step of store.put(peer, made, limits.filesPerPeer)) { /* On to the end. */ }
      store.commit();
      writing += (performance.now() - start) / 1000;
    }
  }
  const total = sessions * folders * folderFiles;
  const announced = {
    ...{ sessions, files: total, joinSeconds: 0, seconds: writing },
    filesPerSecond: total / writing,
    ...{ cpu: null, memory: residentMemory(Deno.pid) },
  };
  const mix = new SearchMix(seed, { collection, vocabulary, peers: sessions, folders });
  const latencies = new Latencies();
  const [cpu, begun] = [cpuOf(Deno.pid), performance.now()];
  for (let number = 0; performance.now() - begun < seconds * 1000; number++) {
    const { kind, text } = mix.search(number);
    const start = performance.now();
    store.search({ text }, page);
    latencies.add(kind, performance.now() - start);
  }
  const took = (performance.now() - begun) / 1000;
  store.close();
  const { all, byKind } = latencies;
  return {
    announced,
    changed: 0,
    searched: {
      ...{ perSecond: all.count / took, all, byKind, unanswered: 0 },
      ...{ cpu: (cpuOf(Deno.pid) - cpu) / took, memory: residentMemory(Deno.pid) },
    },
  };
}

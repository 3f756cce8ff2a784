import process from "node:process";
import { limits, parseSharePath } from "../../shared/mod.ts";
import { SqliteStore } from "../../tracker/index/mod.ts";
import { residentMemory } from "../bench/usage.ts";
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
  const writing = new Effort();
  for (let peer = 0; peer < sessions; peer++) {
    for (let first = 0; first < folders; first += together) {
      const count = Math.min(together, folders - first);
      const made = Array.from(
        { length: count },
        (_, at) => collection.folder(firstPeer + peer, first + at),
      ).flat().map((file) => ({ ...file, path: parseSharePath(file.path) }));
      writing.of(() => {
        store.begin();
        for (const _step of store.put(peer, made, limits.filesPerPeer)) { /* On to the end. */ }
        store.commit();
      });
    }
  }
  const total = sessions * folders * folderFiles;
  const announced = {
    ...{ sessions, files: total, joinSeconds: 0, seconds: writing.seconds },
    filesPerSecond: total / writing.seconds,
    ...{ cpu: writing.cpu, memory: residentMemory(Deno.pid) },
  };
  const mix = new SearchMix(seed, { collection, vocabulary, peers: sessions, folders });
  const latencies = new Latencies();
  const searching = new Effort();
  const end = performance.now() + seconds * 1000;
  for (let number = 0; performance.now() < end; number++) {
    const { kind, text } = mix.search(number);
    latencies.add(kind, searching.of(() => store.search({ text }, page)) * 1000);
  }
  store.close();
  const { all, byKind } = latencies;
  return {
    announced,
    changed: 0,
    searched: {
      ...{ perSecond: all.count / searching.seconds, all, byKind, unanswered: 0 },
      ...{ cpu: searching.cpu, memory: residentMemory(Deno.pid) },
    },
  };
}

/** Time for some work of this thread, without what else it does. */
class Effort {
  seconds = 0;
  #cpu = 0;

  /** Does a part of it; returns the seconds that it took. */
  of(work: () => unknown): number {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    work();
    const { user, system } = process.cpuUsage(cpu);
    const seconds = (performance.now() - start) / 1000;
    this.seconds += seconds;
    this.#cpu += (user + system) / 1e6;
    return seconds;
  }

  /** Processors busy with it, on average: with fewer than one, others were in the way. */
  get cpu(): number {
    return this.#cpu / this.seconds;
  }
}

import { limits } from "../../../shared/mod.ts";
import { describeIndex } from "../index_contract.ts";
import { DirectIndex } from "./direct_index.ts";
import { SqliteStore } from "./store.ts";

let stores = 0;

describeIndex(
  "SqliteStore",
  () => Promise.resolve(new DirectIndex(new SqliteStore(`store ${++stores}`, limits.filesInTotal))),
);

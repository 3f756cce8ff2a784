import { describeIndex } from "./index_contract.ts";
import { MemoryIndex } from "./memory_index.ts";

let made = 0;

describeIndex("MemoryIndex", () => Promise.resolve(new MemoryIndex(`index ${made++}`)));

import { limits } from "../shared/mod.ts";
import { type FileIndex, SqliteIndex } from "./index/mod.ts";
import { randomId } from "./options.ts";

/** Opens an index in a thread of its own, which needs no permission any more when it is there. */
export async function openIndex(): Promise<FileIndex & AsyncDisposable> {
  return await SqliteIndex.open({ instance: randomId(), mostFiles: limits.filesInTotal });
}

/** What a running process uses, as Linux tells. */

/** Bytes of a page of memory. */
const page = 4096;

/** Descriptors it has open. */
export function descriptors(pid: number): number {
  return Array.from(Deno.readDirSync(`/proc/${pid}/fd`)).length;
}

/** Bytes of its memory that are in RAM. */
export function memory(pid: number): number {
  const [, resident = ""] = Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ");
  return Number(resident) * page;
}

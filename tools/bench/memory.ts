/** Memory that programs need beside what they write, in bytes. */
const spare = 300 * 2 ** 20;

/**
 * Touches and frees memory. A virtual machine's free pages may belong to its host, and taking them
 * back costs seconds a GiB: more than most programs that are measured need themselves.
 *
 * @param bytes that are going to be written
 */
export function warm(bytes: number): void {
  const path = `/dev/shm/lanyard-bench-${Deno.pid}`;
  try {
    using file = Deno.openSync(path, { write: true, create: true, truncate: true });
    const zeros = new Uint8Array(2 ** 20);
    for (let written = 0; written < bytes + spare; written += zeros.length) file.writeSync(zeros);
  } catch {
    // Not every system has files in memory, or as much of it.
  }
  try {
    Deno.removeSync(path);
  } catch {
    // There was none.
  }
}

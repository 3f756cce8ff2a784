/** How much is measured. */
export interface Sizes {
  /** Bytes of the large file. */
  file: number;
  /** Bytes of the file that is copied from sources with a limit. */
  limitedFile: number;
  /** Bytes a second that such a source sends. */
  limit: number;
  /** Files in the tree that is copied, and bytes of each. */
  treeFiles: number;
  treeFileBytes: number;
  /** Files that are shared twice. */
  smallFiles: number;
  /** Bytes a second at which a download runs that is killed half-way. */
  resumeRate: number;
  /** Peers that are connected to a tracker at the same time. */
  sessions: number;
  /** Files in the index that is searched. */
  indexed: number;
  /** Further files that are announced while it is searched. */
  announced: number;
  /** Searches whose latency is measured, in each round. */
  searches: number;
  /** Seconds for which requests are sent. */
  seconds: number;
  /** Downloads whose start is measured, in each round. */
  starts: number;
  /** Peers that share what is in the large index, and files of each. */
  holders: number;
  held: number;
  /** Seconds for which that is searched. */
  searched: number;
  /** Further peers that leave it all at once. */
  vanishing: number;
}

/** What the budgets are about. */
export const fullSizes: Sizes = {
  file: 2 ** 30,
  limitedFile: 2 ** 29,
  limit: 20e6,
  treeFiles: 10_000,
  treeFileBytes: 4096,
  smallFiles: 100_000,
  resumeRate: 100e6,
  sessions: 10_000,
  indexed: 100_000,
  announced: 300_000,
  searches: 2000,
  seconds: 5,
  starts: 10,
  holders: 1000,
  held: 1000,
  searched: 60,
  vanishing: 10_000,
};

/** Enough to see that everything works. */
export const quickSizes: Sizes = {
  file: 32 * 2 ** 20,
  limitedFile: 16 * 2 ** 20,
  limit: 10e6,
  treeFiles: 2000,
  treeFileBytes: 4096,
  smallFiles: 2000,
  resumeRate: 10e6,
  sessions: 500,
  indexed: 20_000,
  announced: 20_000,
  searches: 200,
  seconds: 0.5,
  starts: 3,
  holders: 50,
  held: 400,
  searched: 4,
  vanishing: 500,
};

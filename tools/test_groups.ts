/** Test files that are run together in one go. */
export interface TestGroup {
  files: string[];
  /** How many files at a time. */
  jobs: number;
}

/** System tests that measure how fast somebody is served: nothing else runs beside them. */
const alone = /\/(?:bad_network|floods|fuzz|limits|serving|sources|swarm)_test\.ts$/;
/** Most of a system test is waiting for other programs, so there is room for one more. */
const jobs = navigator.hardwareConcurrency + 1;

/**
 * Divides test files: those of whole programs have processes and folders of their own and run side
 * by side; unit tests do not, because some of them change what a whole process has, such as its
 * current folder.
 */
export function groupTests(files: readonly string[]): TestGroup[] {
  const isApart = (file: string): boolean => /^tests\//.test(file) && !alone.test(file);
  const groups = [
    { files: files.filter(isApart), jobs },
    { files: files.filter((file) => !isApart(file)), jobs: 1 },
  ];
  return groups.filter((group) => group.files.length > 0);
}

/** The test files in some folders, and those that are named themselves. */
export function* findTests(paths: readonly string[]): Generator<string> {
  for (const path of paths) {
    if (Deno.statSync(path).isFile) yield path;
    else {
      const names = [...Deno.readDirSync(path)].map(({ name }) =>
        `${path.replace(/\/$/, "")}/${name}`
      )
        .sort();
      yield* findTests(names.filter((name) => name.endsWith("_test.ts") || isFolder(name)));
    }
  }
}

function isFolder(path: string): boolean {
  return Deno.statSync(path).isDirectory;
}

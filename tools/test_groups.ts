/** Test files that are run together in one go. */
export interface TestGroup {
  files: string[];
  /** How many files at a time. */
  jobs: number;
}

/**
 * Nothing else runs beside these: the first take all that a machine has; the second are promised
 * within 2 seconds what would come later by other means, too; the others change what their whole
 * process has, such as its environment or the rights of new files.
 */
const alone = [
  /^tests\/(?:floods|fuzz|limits)_test\.ts$/,
  /^tests\/(?:changed_file|lost_peer|share)_test\.ts$/,
  /^tracker\/(?:cli|guest_list|control\/control_file)_test\.ts$/,
  /^peer\/download\/file_modes_test\.ts$/,
];
/** Most of a system test is waiting for other programs, so there is room for as many more. */
const jobs = 2 * navigator.hardwareConcurrency;

/** Divides test files into those that run side by side, which most do, and those that cannot. */
export function groupTests(files: readonly string[]): TestGroup[] {
  const isAlone = (file: string): boolean => alone.some((one) => one.test(file));
  const groups = [
    { files: files.filter((file) => !isAlone(file)), jobs },
    { files: files.filter(isAlone), jobs: 1 },
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

import { findTool, run } from "./rivals/tool.ts";

/** The tools whose versions matter, and what makes them say it. */
const tools: Record<string, string> = {
  nginx: "-v",
  curl: "--version",
  openssl: "version",
  rsync: "--version",
  aria2c: "--version",
  strace: "--version",
  python3: "--version",
  uhub: "-V",
};

/** What everything was measured on: a line for each thing, name first. */
export async function describeMachine(): Promise<[name: string, value: string][]> {
  const { total } = Deno.systemMemoryInfo();
  const versions = await Promise.all(
    Object.entries(tools).map(async ([tool, argument]): Promise<[string, string]> => {
      return [tool, await versionOf(tool, argument)];
    }),
  );
  return [
    ["processor", processor()],
    ["cores", String(navigator.hardwareConcurrency)],
    ["memory", `${(total / 2 ** 30).toFixed(1)} GiB`],
    ["system", `${Deno.build.os} ${Deno.osRelease()}`],
    ["load at the start", Deno.loadavg().map((load) => load.toFixed(2)).join(" ")],
    ["deno", Deno.version.deno],
    ...versions,
  ];
}

function processor(): string {
  try {
    const text = Deno.readTextFileSync("/proc/cpuinfo");
    return /^model name\s*: (.*)$/m.exec(text)?.[1] ?? Deno.build.arch;
  } catch {
    return Deno.build.arch;
  }
}

async function versionOf(tool: string, argument: string): Promise<string> {
  if (findTool(tool) === undefined) return "not installed";
  const [first = ""] = (await run(tool, argument)).split("\n");
  return /\d+\.[\w.+~-]+/.exec(first)?.[0] ?? first;
}

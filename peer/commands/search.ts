import { type Command, Option } from "commander";
import { exitCodes } from "../../shared/mod.ts";
import { search } from "../find.ts";
import { joinTracker } from "../joined.ts";
import { type CommonOptions, parseSize, wholeNumber, withCommonOptions } from "../options.ts";
import { openPeer } from "../peer.ts";
import { describeFile, fileRecord } from "../records.ts";

interface SearchOptions extends CommonOptions {
  limit: number;
  exact: boolean;
  type?: string;
  minSize?: number;
}

const examples = `
Examples:
  peer search lecture                 names that contain "lecture", in any case
  peer search week 3 --type pdf       both words, and only PDF files
  peer search report.txt --exact      that very name
  peer search holiday --type folder   folders, which peer get "PATH/" copies`;

/** Adds `peer search`. */
export function addSearch(program: Command): void {
  withCommonOptions(program.command("search"))
    .argument("<text...>", "words that the name must contain, in any order")
    .description("find files and folders by full or partial name")
    .addOption(
      new Option("--limit <number>", "most files shown").default(50)
        .argParser(wholeNumber(1, 1_000_000)),
    )
    .option("--exact", "only files of exactly this name", false)
    .option("--type <extension>", 'only files with this extension, or "folder"')
    .addOption(
      new Option("--min-size <size>", "only files of at least this size, such as 20MB")
        .argParser(parseSize),
    )
    .addHelpText("after", examples)
    .action(runSearch);
}

async function runSearch(words: string[], options: SearchOptions): Promise<void> {
  const text = words.join(" ");
  const peer = await openPeer(options);
  try {
    const { client } = await joinTracker(peer);
    const filters = {
      ...(options.exact ? { exact: true } : {}),
      ...(options.type === undefined ? {} : { type: options.type.replace(/^\./, "") }),
      ...(options.minSize === undefined ? {} : { minSize: options.minSize }),
    };
    let found = 0;
    for await (const file of search(client, text, filters, options.limit)) {
      peer.output.result(fileRecord(file), () => describeFile(file));
      found++;
    }
    if (found > 0) return;
    peer.output.warn(`Nothing here is named like "${text}"`);
    Deno.exitCode = exitCodes["not-found"];
  } finally {
    await peer.shutdown.run();
  }
}

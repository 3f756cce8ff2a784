import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "docs/ARCHITECTURE.md",
  "docs/OPERATING.md",
  "docs/PROTOCOL.md",
  "docs/SECURITY.md",
];

/** What a document names in the repository: files in code quotes, and targets of its links. */
function named(document: string): URL[] {
  const top = new URL("../", import.meta.url);
  const here = new URL(document, top);
  const text = Deno.readTextFileSync(fromFileUrl(here));
  const files = text.matchAll(/`((?:shared|tracker|peer|tests|tools|docs)\/[\w./]*)`/g);
  const links = text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g);
  return [
    ...[...files].map(([, path = ""]) => new URL(path, top)),
    ...[...links].map(([, path = ""]) => new URL(path, here)),
  ];
}

function exists(url: URL): boolean {
  try {
    Deno.statSync(fromFileUrl(url));
    return true;
  } catch {
    return false;
  }
}

for (const document of documents) {
  Deno.test(`${document} names only files that exist`, () => {
    assertEquals(named(document).filter((url) => !exists(url)), []);
  });
}

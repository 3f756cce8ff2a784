/** An index as simple as can be, which the real ones are compared with. */
import {
  fold,
  nameOf,
  parseSharePath,
  type SharedFile,
  type SharePath,
  typeOf,
} from "../../../shared/mod.ts";
import type {
  Audience,
  Holder,
  Holding,
  IndexedFile,
  ListQuery,
  SearchQuery,
  SourcesQuery,
} from "../file_index.ts";

interface Held {
  holder: Holder;
  file: SharedFile;
}

/** One list of who announced what, searched from end to end. */
export class ModelIndex {
  readonly #hidden = new Set<Holder>();
  readonly #encrypted = new Set<Holder>();
  #held: Held[] = [];

  /** Returns whether the files fit; if not, none was added. */
  put(holder: Holder, files: readonly SharedFile[], most: number): boolean {
    const paths = new Set([...this.#of(holder), ...files].map(({ path }) => path));
    if (paths.size > most) return false;
    // Of what is said of one path only the last counts; it stands where the first stood.
    for (const file of new Map(files.map((file) => [file.path, file])).values()) {
      this.remove(holder, [file.path]);
      this.#held.push({ holder, file });
    }
    return true;
  }

  remove(holder: Holder, paths: readonly SharePath[]): void {
    this.#held = this.#held.filter((one) =>
      one.holder !== holder || !paths.includes(one.file.path)
    );
  }

  markEncrypted(holder: Holder): void {
    this.#encrypted.add(holder);
  }

  setHidden(holder: Holder, hidden: boolean): void {
    if (hidden) this.#hidden.add(holder);
    else this.#hidden.delete(holder);
  }

  drop(holder: Holder): void {
    this.#held = this.#held.filter((one) => one.holder !== holder);
    this.#hidden.delete(holder);
    this.#encrypted.delete(holder);
  }

  totals(holder: Holder): { files: number; bytes: number } {
    const files = this.#of(holder);
    return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
  }

  holds(holder: Holder, { id, size }: Pick<SourcesQuery, "id" | "size">): boolean {
    return this.#of(holder).some((file) => file.id === id && file.size === size && !file.partial);
  }

  search(query: SearchQuery): IndexedFile[] {
    const fits = this.#visible(query).filter(({ holder, file }) =>
      query.holders === undefined || query.holders.includes(holder) ? passes(file, query) : false
    );
    return [...[...Map.groupBy(fits, contentOf).values()].map(asResult), ...this.#folders(query)];
  }

  #folders(query: SearchQuery): IndexedFile[] {
    if (query.filesOnly || (query.text.trim() === "" && query.type !== "folder")) return [];
    const inFolders = this.#visible(query).flatMap(({ holder, file }) => {
      const components = file.path.split("/");
      return components.slice(1).map((_, at) => ({
        holder,
        file,
        folder: components.slice(0, at + 1).join("/"),
      }));
    });
    const groups = Map.groupBy(inFolders, ({ holder, folder }) => JSON.stringify([holder, folder]));
    return [...groups.values()].flatMap((files) => {
      const [first] = files;
      if (first === undefined || query.id !== undefined) return [];
      const { holder, folder } = first;
      const size = files.reduce((sum, { file }) => sum + file.size, 0);
      const path = parseSharePath(folder);
      const fits = (query.holders?.includes(holder) ?? true) &&
        passes({ path, size, modified: 0, type: "folder" }, query);
      const found = { name: nameOf(folder), path, size, modified: 0, type: "folder" };
      return fits ? [{ ...found, files: files.length, holders: [holder] }] : [];
    });
  }

  list({ holders, under, ...audience }: ListQuery): IndexedFile[] {
    const visible = this.#visible(audience);
    const groups = Map.groupBy(visible, contentOf);
    if (holders === undefined && under === undefined) return [...groups.values()].map(asResult);
    return visible
      .filter(({ holder }) => holders === undefined || holders.includes(holder))
      .filter(({ file: { path } }) => under === undefined || `${path}/`.startsWith(`${under}/`))
      .map((one) => asResult([one, ...groups.get(contentOf(one)) ?? []]));
  }

  sources({ id, size, ...audience }: SourcesQuery): Holding[] {
    const having = this.#held.filter(({ holder, file }) =>
      this.#isOpen(holder, audience) && file.id === id && file.size === size
    );
    return [...Map.groupBy(having, ({ holder }) => holder)]
      .map(([holder, held]) => ({ holder, partial: held.every(({ file }) => file.partial) }))
      .sort((a, b) => a.holder - b.holder);
  }

  #of(holder: Holder): SharedFile[] {
    return this.#held.filter((one) => one.holder === holder).map(({ file }) => file);
  }

  #visible(audience: Audience): Held[] {
    return this.#held.filter(({ holder, file }) => this.#isOpen(holder, audience) && !file.partial);
  }

  #isOpen(holder: Holder, { plainOnly = false }: Audience): boolean {
    return !this.#hidden.has(holder) && !(plainOnly && this.#encrypted.has(holder));
  }
}

/** What makes two files one result: the same content under the same name. */
function contentOf({ holder, file }: Held): string {
  const name = nameOf(file.path);
  return JSON.stringify(
    file.id === undefined ? [holder, file.path] : [file.id, file.size, name],
  );
}

function passes(file: SharedFile, query: SearchQuery): boolean {
  const name = nameOf(file.path);
  const named = query.exact
    ? fold(name) === fold(query.text)
    : modelTier(name, query.text) !== undefined;
  return named && file.size >= (query.minSize ?? 0) && file.size <= (query.maxSize ?? Infinity) &&
    (query.id === undefined || file.id === query.id) &&
    (query.type === undefined || (file.type ?? typeOf(name)) === query.type);
}

function asResult(held: readonly Held[]): IndexedFile {
  const [first] = held;
  if (first === undefined) throw new RangeError("A group is never empty");
  const { path, size, modified, id } = first.file;
  const name = nameOf(path);
  return {
    name,
    path,
    size,
    modified,
    ...(id === undefined ? {} : { id }),
    type: typeOf(name),
    holders: [...new Set(held.map(({ holder }) => holder))],
  };
}

/** The tier of a name, written down once more and differently. */
export function modelTier(name: string, text: string): number | undefined {
  const folded = fold(name);
  const words = (text.match(/"[^"]+"|\S+/g) ?? [])
    .map((word) => fold(word.length > 2 && /^".*"$/.test(word) ? word.slice(1, -1) : word));
  if (words.some((word) => folded.split(word).length === 1)) return undefined;
  const begins = (whole: string): boolean => folded.slice(0, whole.length) === whole;
  const typed = fold(text).trim();
  const joined = words.join(" ");
  if (folded === typed || folded === joined) return 0;
  if (begins(typed) || begins(joined)) return 1;
  const starts = (word: string): boolean =>
    folded.split(word).slice(0, -1).some((_, at, parts) =>
      !/[\p{L}\p{N}]$/u.test(parts.slice(0, at + 1).join(word))
    );
  return words.every(starts) ? 2 : 3;
}

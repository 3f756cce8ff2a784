import { assertEquals } from "@std/assert";
import { hashPieces, idFromPieces } from "../shared/mod.ts";
import { noise, TempFolder } from "./support/network.ts";

/** Debian's own Python, for which python3-libtorrent is packaged. */
const python = "/usr/bin/python3";

/** Prints the BEP 52 pieces root of each file named, from another implementation. */
const script = `
import libtorrent, os, sys
for path in sys.argv[1:]:
    storage = libtorrent.file_storage()
    libtorrent.add_files(storage, path)
    torrent = libtorrent.create_torrent(storage, 1 << 20, libtorrent.create_torrent.v2_only)
    libtorrent.set_piece_hashes(torrent, os.path.dirname(path))
    print(libtorrent.torrent_info(torrent.generate()).files().root(0))
`;

const MiB = 1024 * 1024;
/** Sizes around every boundary of blocks and pieces. An empty file has no root in BEP 52. */
const sizes = [1, 16_383, 16_384, 16_385, MiB - 1, MiB, MiB + 1, 100 * MiB + 7];

Deno.test({
  name: "content ids are the pieces roots that libtorrent computes",
  ignore: !await hasLibtorrent(),
  fn: async () => {
    await using folder = new TempFolder();
    const paths = await Promise.all(
      sizes.map((size) => folder.write(`${size}/file`, noise(size, size))),
    );
    const ours = sizes.map((size) => idFromPieces(hashPieces(noise(size, size)), size));
    const { stdout } = await new Deno.Command(python, { args: ["-c", script, ...paths] }).output();
    assertEquals(new TextDecoder().decode(stdout).trim().split("\n"), ours);
  },
});

/** libtorrent 2 is needed: version 1 knows no BEP 52. It is Debian's python3-libtorrent. */
async function hasLibtorrent(): Promise<boolean> {
  const probe = "import libtorrent, sys; sys.exit(libtorrent.__version__ < '2')";
  try {
    const { success } = await new Deno.Command(python, { args: ["-c", probe] }).output();
    return success;
  } catch {
    return false; // No Python either.
  }
}

import { isPossible, run } from "./commands.ts";

/** A small disk: a file system in memory, mounted below the temporary folder. Root only. */
export class SmallDisk implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Whether this process may mount; says so if not. */
  static isPossible(): Promise<boolean> {
    return isPossible("small disks", async () => {
      await using _disk = await SmallDisk.mount(1);
    });
  }

  /** Mounts a disk of so many MiB. */
  static async mount(mebibytes: number): Promise<SmallDisk> {
    const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "lanyard-disk-" }));
    try {
      await run("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path);
      return new SmallDisk(path);
    } catch (error) {
      await Deno.remove(path);
      throw error;
    }
  }

  /** Makes it as large as so many MiB. */
  async resize(mebibytes: number): Promise<void> {
    await run("mount", "-o", `remount,size=${mebibytes}m`, this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", "--lazy", this.path);
    await Deno.remove(this.path);
  }
}

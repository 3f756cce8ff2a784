import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { defaultStateFolder } from "./state_folder.ts";

Deno.test({
  name: "defaultStateFolder is where each system keeps such data",
  permissions: "none",
  fn: () => {
    const home = { HOME: "/home/ana" };
    const xdg = join("/home/ana", ".local", "state", "lanyard");
    for (
      const [os, variables, folder] of [
        ["linux", home, xdg],
        ["freebsd", home, xdg],
        ["linux", { ...home, XDG_STATE_HOME: "/var/s" }, join("/var/s", "lanyard")],
        ["darwin", home, join("/home/ana", "Library", "Application Support", "Lanyard")],
        ["windows", { LOCALAPPDATA: "C:\\Users\\ana" }, join("C:\\Users\\ana", "Lanyard")],
      ] as const
    ) assertEquals(folderOf(os, variables), folder);
  },
});

Deno.test({
  name: "defaultStateFolder names none where the system names none",
  permissions: "none",
  fn: () => {
    for (const os of ["linux", "darwin", "windows"]) {
      assertEquals(folderOf(os, {}), undefined);
      // An empty variable would make the folder relative to wherever the program was started.
      assertEquals(folderOf(os, { HOME: "", LOCALAPPDATA: "", XDG_STATE_HOME: "" }), undefined);
    }
  },
});

Deno.test({
  name: "defaultStateFolder takes an empty XDG_STATE_HOME for an unset one",
  permissions: "none",
  fn: () => {
    assertEquals(
      folderOf("linux", { HOME: "/home/ana", XDG_STATE_HOME: "" }),
      join("/home/ana", ".local", "state", "lanyard"),
    );
  },
});

function folderOf(os: string, variables: Record<string, string>): string | undefined {
  return defaultStateFolder(os, (name) => variables[name]);
}

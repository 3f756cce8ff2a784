import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { TempFolder } from "../../tests/support/network.ts";
import { Completer } from "./completer.ts";

const completer = new Completer({
  files: () => ["Week 3.txt", "week.pdf", "other.txt", 'say "hi".txt', "bad\u202ename.txt"],
  peers: () => Promise.resolve(["ana", "Ben Li"]),
  shared: () => ["/home/ana/Music", "/home/ana/My Videos"],
});

/** What a line may become, and what of it is completed. */
async function completed(line: string): Promise<[string[], string]> {
  return await completer.complete(line);
}

Deno.test("Completer completes commands, and names that the list before shows", async () => {
  assertEquals(await completed("se"), [["search "], "se"]);
  assertEquals((await completed(""))[0].length, 11);
  assertEquals(await completed("get o"), [["other.txt"], "o"]);
  assertEquals(await completed("get w"), [['"Week 3.txt"', '"week.pdf"'], "w"]);
  assertEquals(await completed('get "Week '), [['"Week 3.txt"'], '"Week ']);
  assertEquals(await completed("get 'Week "), [["'Week 3.txt'"], "'Week "]);
  assertEquals(await completed("get say"), [['"say ""hi"".txt"'], "say"]);
  assertEquals(await completed("list a"), [["ana"], "a"]);
  assertEquals(await completed("upload x.txt b"), [['"Ben Li"'], "b"]);
  assertEquals(await completed("unshare /home/ana/Mu"), [["/home/ana/Music"], "/home/ana/Mu"]);
  assertEquals(await completed("help tr"), [["transfers"], "tr"]);
  for (const line of ["peers x", "exit ", "nonsense x", "get other.txt x"]) {
    assertEquals((await completed(line))[0], [], line);
  }
});

Deno.test("hostile 07: Completer types no name in which something cannot be seen", async () => {
  assertEquals(await completed("get b"), [[], "b"]);
});

Deno.test("Completer completes paths on this disk", async () => {
  await using temp = new TempFolder();
  for (const name of ["My Music/song.txt", "map.txt", ".hidden", "mad\u202e.txt"]) {
    await temp.write(name, "");
  }
  const at = (rest: string): string => join(temp.path, rest);
  assertEquals(await completed(`share ${at("m")}`), [[`"${at("My Music")}/`], at("m")]);
  assertEquals(await completed(`upload ${at("ma")}`), [[at("map.txt")], at("ma")]);
  assertEquals(await completed(`upload ${at(".h")}`), [[at(".hidden")], at(".h")]);
  const inside = `"${at("My Music")}/s`;
  assertEquals(await completed(`upload ${inside}`), [[`"${at("My Music")}/song.txt"`], inside]);
  assertEquals((await completed(`upload ${at("none/x")}`))[0], []);
});

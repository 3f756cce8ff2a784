import { assertEquals } from "@std/assert";
import { LanyardError, type Source } from "../../shared/mod.ts";
import type { Member } from "./member.ts";
import { Members } from "./members.ts";

function source(port: number): Source {
  const whoever = { peer: "a".repeat(64), name: "ana", address: "192.168.1.7" };
  return { ...whoever, port, reachable: true, encrypted: true };
}

function taken(members: Members, port: number): Member {
  const member = members.take(source(port), false);
  if (member === undefined) throw new Error(`The source at port ${port} was not taken`);
  return member;
}

Deno.test("Members.take begins with a source once, and with none that has no port", () => {
  const members = new Members();
  assertEquals([taken(members, 1).number, taken(members, 2).number], [0, 1]);
  assertEquals(members.take(source(1), true), undefined);
  assertEquals(members.take(source(0), true), undefined);
});

Deno.test("Members.fail gives up a source that is lost, which may be tried again", () => {
  const members = new Members();
  const gone = new LanyardError("closed", "Gone");
  const member = taken(members, 1);
  const given = [1, 2, 3, 4].map(() => members.fail(member, gone));
  assertEquals(given, [false, false, false, true]);
  assertEquals([members.areGivenUp, members.reason], [true, gone]);
  assertEquals(members.take(source(1), false), undefined);
  assertEquals(members.take(source(1), true), member);
  assertEquals([members.areGivenUp, members.fail(member, gone)], [false, false]);
});

Deno.test("Members.fail gives up a source that is to blame at once and for good", () => {
  const members = new Members();
  const wrong = new LanyardError("integrity", "Wrong bytes");
  assertEquals(members.fail(taken(members, 1), wrong), true);
  assertEquals(members.take(source(1), true), undefined);
  const other = taken(members, 2);
  for (let time = 0; time < 4; time++) members.fail(other, new LanyardError("closed", "Gone"));
  assertEquals([members.areGivenUp, members.reason], [true, wrong]);
});

Deno.test("Members.contributing has those that delivered something", () => {
  const members = new Members();
  const [one] = [taken(members, 1), taken(members, 2)];
  one.contributed = true;
  assertEquals(members.contributing, [one]);
});

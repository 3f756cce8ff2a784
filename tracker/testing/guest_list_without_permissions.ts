/** Opens the state in the folder that it is given, gives up all permissions, and goes on with it. */
// deno-lint-ignore-file no-console -- it is a program of the command line
import { openState } from "../state.ts";

const [folder = ""] = Deno.args;
const { guests } = await openState(folder);
for (const name of ["read", "write", "env"] as const) await Deno.permissions.revoke({ name });
const [ana, bo, eve] = ["1", "2", "3"].map((digit) => digit.repeat(64));
for (const peer of [ana, bo, eve]) guests.addMember({ peer: peer ?? "", name: "one", since: 1 });
guests.removeMember(eve ?? "");
guests.ban({ peer: eve ?? "", name: "eve", since: 2, place: { address: "192.0.2.7", until: 3 } });
guests.replaceInviteKey();
console.log(JSON.stringify({
  members: guests.members(),
  bans: guests.bans(),
  inviteKey: [...guests.inviteKey],
}));
guests.close();

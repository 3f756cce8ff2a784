import { assertEquals, assertRejects } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { Answering } from "./answering.ts";

Deno.test("hostile 36: Answering answers so many calls from one address, and others beside them", async () => {
  const connected: Deno.TcpConn[] = [];
  const hear = async (listener: Deno.TcpListener): Promise<void> => {
    for await (const connection of listener) connected.push(connection);
  };
  const [one, other] = ["127.0.0.1", "127.0.0.2"].map((hostname) =>
    Deno.listen({ hostname, port: 0 })
  ) as [Deno.TcpListener, Deno.TcpListener];
  const hearing = [one, other].map(hear);
  const server = { serveCaller: () => Promise.resolve() };
  const answering = new Answering(server, undefined);
  const call = ({ addr: { hostname: address, port } }: Deno.TcpListener): Promise<void> => {
    const called = { verb: "CALLED", from: "f".repeat(64), address, port, token: "t" } as const;
    return answering.answer(called, { host: "127.0.0.1", port: 1 });
  };
  const waiting = Array.from({ length: 8 }, () => call(one));
  const error = await assertRejects(() => call(one), LanyardError);
  assertEquals(error.code, "too-many");
  waiting.push(call(other));
  while (connected.length < 9) await new Promise((resolve) => setTimeout(resolve, 10));
  for (const connection of connected) connection.close();
  await Promise.allSettled(waiting);
  one.close();
  other.close();
  await Promise.all(hearing);
});

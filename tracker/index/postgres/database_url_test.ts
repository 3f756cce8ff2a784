import { assertEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../../../shared/mod.ts";
import { parseDatabaseUrl } from "./database_url.ts";

Deno.test("parseDatabaseUrl reads the parts of an address", { permissions: "none" }, () => {
  const least = { host: "db", port: 5432, database: "d", user: "u", password: "" };
  const usual = { encrypted: false, leaseSeconds: 15 };
  assertEquals(parseDatabaseUrl("postgres://u@db/d"), { ...least, ...usual });
  assertEquals(parseDatabaseUrl("postgresql://u@db/d", "p"), { ...least, ...usual, password: "p" });
  assertEquals(
    parseDatabaseUrl(
      "postgres://a%40b:p%2Fq%25@[fd00::1]:6000/my%20files?sslmode=require&lease=2",
      "x",
    ),
    {
      host: "fd00::1",
      port: 6000,
      database: "my files",
      user: "a@b",
      password: "p/q%",
      encrypted: true,
      leaseSeconds: 2,
    },
  );
});

Deno.test("parseDatabaseUrl refuses what is none, and repeats nothing of it", {
  permissions: "none",
}, () => {
  const wrong = [
    "",
    "postgres",
    "mysql://u:s3cret@db/d",
    "postgres://u:s3cret@db",
    "postgres://db/d",
    "postgres://u:s3cret@db/d?lease=0",
    "postgres://u:s3cret@db/d?lease=soon",
    "postgres://u:s3cret@db/d?sslmode=verify",
    "postgres://u:s3cret@db/d?s3cret=1",
    "postgres://u:s3cret%ff@db/d",
  ];
  for (const url of wrong) {
    const error = assertThrows(() => parseDatabaseUrl(url), LanyardError);
    assertEquals([error.code, error.message.includes("s3cret")], ["usage", false], url);
  }
});

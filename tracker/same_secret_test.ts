import { assertEquals } from "@std/assert";
import { isSameSecret } from "./same_secret.ts";

Deno.test("isSameSecret tells secrets of any length apart", { permissions: "none" }, () => {
  for (
    const [given, secret, same] of [
      ["secret", "secret", true],
      ["", "", true],
      ["§", "§", true],
      ["secret", "secrex", false],
      ["secret", "Secret", false],
      ["secret", "secret ", false],
      ["", "secret", false],
      ["secretsecret", "secret", false],
    ] as const
  ) assertEquals(isSameSecret(given, secret), same, `${given} ${secret}`);
});

import { join } from "@std/path";

/** Where Deno keeps what it has downloaded: it finds that by the home that we take away. */
export function denoFolder(): string {
  const { DENO_DIR, XDG_CACHE_HOME, HOME = "/root" } = Deno.env.toObject();
  return DENO_DIR ?? join(XDG_CACHE_HOME ?? join(HOME, ".cache"), "deno");
}

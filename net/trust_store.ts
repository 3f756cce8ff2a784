/**
 * Imported before anything else, because the store is read only once: certificates of this machine's
 * own authorities must not count. To be pinned to a certificate adds it to the store and takes
 * nothing away; of Mozilla's authorities none signs a name that ends in `.invalid`.
 */
Deno.env.set("DENO_TLS_CA_STORE", "mozilla");
Deno.env.delete("DENO_CERT");

export { ContentIndex } from "./content_index.ts";
export { NamedContent } from "./named_content.ts";

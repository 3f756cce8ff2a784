export { ContentIndex, type NamedContent } from "./content_index.ts";

/**
 * The protocol and everything both programs need: values in, values out. Nothing here opens a
 * file, a socket or the clock, so its tests run without any permission.
 */
export * from "./addresses.ts";
export * from "./arguments.ts";
export * from "./classic/codec.ts";
export * from "./classic/record.ts";
export * from "./content/mod.ts";
export * from "./errors.ts";
export { type Field, utf8Length } from "./fields.ts";
export * from "./fold.ts";
export * from "./limits.ts";
export * from "./line_reader.ts";
export * from "./locale.ts";
export * from "./messages/mod.ts";
export * from "./printable.ts";
export * from "./share_path.ts";
export * from "./state_folder.ts";
export * from "./tracker_states.ts";
export * from "./trust/mod.ts";
export * from "./version.ts";
export * from "./wire.ts";

import type { Field, ObjectOf } from "../fields.ts";
import { object } from "../fields.ts";

type Bodies = Record<string, Record<string, Field<unknown>>>;

/** The messages that may travel one way in one place: verb → how its body is parsed. */
export type MessageTable<B extends Bodies = Bodies> = {
  readonly [V in keyof B]: Field<ObjectOf<B[V]>>;
};

/** The union of the messages of a table: the body's keys beside the verb. */
export type MessageOf<T extends MessageTable> = {
  [V in keyof T & string]: { verb: V } & (T[V] extends Field<infer Body> ? Body : never);
}[keyof T & string];

/** Makes a table from the fields of each message. */
export function messageTable<B extends Bodies>(bodies: B): MessageTable<B> {
  return Object.fromEntries(
    Object.entries(bodies).map(([verb, shape]) => [verb, object(shape)]),
  ) as unknown as MessageTable<B>;
}

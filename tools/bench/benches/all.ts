import type { Bench } from "../bench.ts";
import { encrypted } from "./encrypted.ts";
import { four } from "./four.ts";
import { hash } from "./hash.ts";
import { index } from "./index.ts";
import { one } from "./one.ts";
import { others } from "./others.ts";
import { resume } from "./resume.ts";
import { sessions } from "./sessions.ts";
import { start } from "./start.ts";
import { tracker } from "./tracker.ts";
import { tree } from "./tree.ts";

/** Every bench, in the order in which they run. */
export const benches: readonly Bench[] = [
  hash,
  one,
  encrypted,
  four,
  tree,
  resume,
  sessions,
  tracker,
  index,
  start,
  others,
];

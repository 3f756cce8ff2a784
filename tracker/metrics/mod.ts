/** Numbers about a tracker, and the format in which they are told. */
export { exposition, expositionType } from "./exposition.ts";
export { meteredIndex } from "./metered_index.ts";
export { report } from "./report.ts";
export type { ProgramStanding, Standing } from "./standing.ts";
export { TrackerMetrics } from "./tracker_metrics.ts";

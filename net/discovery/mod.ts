/** How a tracker is found by peers that do not know where it is. */
export { Announcer, type AnnouncerOptions, cannotAnnounce } from "./announcer.ts";
export { type SearchOptions, type SearchResult, searchTrackers } from "./search.ts";
export type { FoundTracker, Place } from "./tracker_list.ts";
export type { TrackerNotice } from "./tracker_notice.ts";
export { describeLinks, type Link, linksOf } from "./links.ts";
export { type Hearing, hearOurselves, type Way } from "./self_hearing.ts";

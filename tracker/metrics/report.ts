import { counter, type Family, gauge, labelled } from "./family.ts";
import type { ProgramStanding, Standing } from "./standing.ts";
import type { TrackerMetrics } from "./tracker_metrics.ts";

/** Everything that is told of a tracker. What each means to an operator is in docs/OPERATING.md. */
export function report(
  metrics: TrackerMetrics,
  standing: Standing,
  program: ProgramStanding,
): Family[] {
  return [...ofProgram(program), ...ofMoment(standing), ...sinceStart(metrics, standing)];
}

function ofProgram({ version, uptime, memory }: ProgramStanding): Family[] {
  return [
    {
      name: "lanyard_build_info",
      help: "The version of the tracker, as a label.",
      type: "gauge",
      samples: [{ labels: { version }, value: 1 }],
    },
    gauge("lanyard_uptime_seconds", "Seconds since the tracker was started.", uptime),
    gauge("process_resident_memory_bytes", "Memory of the tracker.", memory),
  ];
}

function ofMoment(standing: Standing): Family[] {
  const { sessions, lost, members, files, connections, queuedBytes } = standing;
  return [
    labelled({
      name: "lanyard_sessions",
      help: "Sessions that are greeted, by what is spoken there.",
      type: "gauge",
      label: "kind",
    }, Object.entries(sessions)),
    gauge("lanyard_lost_sessions", "Lost sessions whose files wait for their return.", lost),
    gauge("lanyard_members", "Sessions that share, and so may search.", members),
    gauge("lanyard_files", "Files that can be found.", files),
    gauge("lanyard_connections", "Connections, also of who has said nothing yet.", connections),
    gauge("lanyard_queued_bytes", "Bytes that wait for remotes to read them.", queuedBytes),
  ];
}

function sinceStart(metrics: TrackerMetrics, { turnedAway, sentAway }: Standing): Family[] {
  return [
    metrics.searches.family(
      "lanyard_search_duration_seconds",
      "Seconds from a search to its answer.",
    ),
    ...ofRequests(metrics),
    counter(
      "lanyard_connections_refused_total",
      "Connections that there was no place for.",
      turnedAway,
    ),
    counter(
      "lanyard_connections_evicted_total",
      "Silent connections that were closed because others came.",
      sentAway,
    ),
    ...ofFiles(metrics),
  ];
}

function ofRequests({ requests, errors, ended }: TrackerMetrics): Family[] {
  return [
    labelled({
      name: "lanyard_requests_total",
      help: "Requests that were answered or refused, by verb.",
      type: "counter",
      label: "verb",
    }, requests),
    labelled({
      name: "lanyard_errors_total",
      help: "Answers ERROR, by code.",
      type: "counter",
      label: "code",
    }, errors),
    labelled({
      name: "lanyard_sessions_ended_total",
      help: "Sessions that ended, by reason.",
      type: "counter",
      label: "reason",
    }, ended),
  ];
}

function ofFiles({ announced, withdrawn, indexOperations, indexTime }: TrackerMetrics): Family[] {
  return [
    counter("lanyard_files_announced_total", "Files that were put into the index.", announced),
    counter("lanyard_files_withdrawn_total", "Files that were taken out of the index.", withdrawn),
    labelled({
      name: "lanyard_index_operations_total",
      help: "What the index was asked to do, by operation.",
      type: "counter",
      label: "operation",
    }, indexOperations),
    labelled({
      name: "lanyard_index_seconds_total",
      help: "Seconds until the index had done it, waiting in its queue included, by operation.",
      type: "counter",
      label: "operation",
    }, indexTime),
  ];
}

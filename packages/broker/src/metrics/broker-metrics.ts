// What the broker is busy with, as gauges and counts that are read when someone looks.
import type { HostFigures } from "@moldau/env";
import type { StorageStats } from "@moldau/storage";
import type { MetricsRegistry } from "./registry.js";

export interface Observed {
  readonly storage: () => StorageStats;
  readonly host: (() => HostFigures) | undefined;
  readonly connections: () => number;
  readonly requestMemoryBytes: () => number;
  readonly answerMemoryBytes: () => number;
  readonly topics: () => number;
  readonly partitions: () => number;
  readonly openPartitions: () => number;
  readonly fetchSessions: () => number;
}

export function registerBrokerMetrics(registry: MetricsRegistry, observed: Observed): void {
  registry.gauge("moldau_connections", "Open client connections.", observed.connections);
  registry.gauge("moldau_request_memory_bytes", "Memory held by requests that are being received or handled.", observed.requestMemoryBytes);
  registry.gauge("moldau_answer_memory_bytes", "Records that were read and are on their way to clients.", observed.answerMemoryBytes);
  registry.gauge("moldau_topics", "Topics in the cluster.", observed.topics);
  registry.gauge("moldau_partitions", "Partitions in the cluster.", observed.partitions);
  registry.gauge("moldau_partitions_open", "Partitions that were used since the start.", observed.openPartitions);
  registry.gauge("moldau_fetch_sessions", "Fetch sessions.", observed.fetchSessions);
  registerStorage(registry, observed.storage);
  if (observed.host) registerHost(registry, observed.host);
}

function registerStorage(registry: MetricsRegistry, stats: () => StorageStats): void {
  registry.gauge("moldau_journal_used_bytes", "Journal bytes not yet consolidated.", () => stats().journalUsedBytes);
  registry.gauge("moldau_journal_capacity_bytes", "Bytes the journal may use.", () => stats().journalCapacityBytes);
  registry.counted("moldau_journal_groups_total", "Journal groups made durable.", () => stats().journalGroups);
  registry.counted("moldau_journal_written_bytes_total", "Bytes written to the journal.", () => stats().journalWrittenBytes);
  registry.gauge("moldau_slab_bytes", "Memory of the slabs: groups being written, and the tail cache.", () => stats().slabBytes);
  registry.counted("moldau_tail_reads_total", "Reads served from the tail cache.", () => stats().tailReads);
  registry.counted("moldau_journal_reads_total", "Reads served from the journal's files.", () => stats().journalReads);
  registry.counted("moldau_segment_reads_total", "Reads served from segments.", () => stats().segmentReads);
  registry.counted("moldau_chunk_cache_hits_total", "Chunks of segments found in the cache.", () => stats().cacheHits);
  registry.counted("moldau_chunk_cache_misses_total", "Chunks of segments read from the blob store.", () => stats().cacheMisses);
  registry.counted("moldau_consolidation_rounds_total", "Rounds of consolidation done.", () => stats().consolidationRounds);
  registry.counted("moldau_consolidated_bytes_total", "Bytes copied into segments.", () => stats().consolidatedBytes);
  registry.counted("moldau_promoted_files_total", "Journal files that became segments where they lie.", () => stats().promotedFiles);
  registry.counted("moldau_promoted_bytes_total", "Bytes of batches in those files.", () => stats().promotedBytes);
  registry.counted("moldau_merge_rounds_total", "Merges of segments done.", () => stats().mergeRounds);
  registry.counted("moldau_merged_bytes_total", "Bytes copied from segments into larger ones.", () => stats().mergedBytes);
  registry.counted("moldau_storage_failures_total", "Failures of the disk or of the catalog.", () => stats().failures);
}

function registerHost(registry: MetricsRegistry, host: () => HostFigures): void {
  // One reading serves the lines of one scrape: the event loop's figures are since the last one.
  let figures: HostFigures | undefined;
  registry.gauge("process_resident_memory_bytes", "Resident memory.", () => {
    figures = host();
    return figures.residentBytes;
  });
  registry.gauge("moldau_heap_used_bytes", "JavaScript heap in use.", () => figures?.heapUsedBytes ?? 0);
  registry.counted("process_cpu_seconds_total", "User and system CPU time.", () => figures?.cpuSeconds ?? 0);
  registry.gauge(
    "moldau_event_loop_delay_p99_seconds",
    "How late the event loop was, 99th percentile.",
    () => figures?.loopDelayP99Seconds ?? 0,
  );
  registry.gauge("moldau_event_loop_delay_max_seconds", "How late the event loop was at worst.", () => figures?.loopDelayMaxSeconds ?? 0);
}

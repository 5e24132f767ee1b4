// What compaction does, and what it has gained.
import type { CompactionStats } from "../compaction/compaction.js";
import type { MetricsRegistry } from "./registry.js";

export function registerCompactionMetrics(registry: MetricsRegistry, stats: () => CompactionStats): void {
  registry.counted("moldau_compaction_looks_total", "Times that no log was dirty enough any more.", () => stats().looks);
  registry.counted("moldau_compaction_passes_total", "Times that a log was compacted.", () => stats().passes);
  registry.counted("moldau_compaction_read_bytes_total", "Bytes read to compact logs.", () => stats().readBytes);
  registry.counted("moldau_compaction_written_bytes_total", "Bytes written to compact logs.", () => stats().writtenBytes);
  registry.counted("moldau_compaction_removed_records_total", "Records that went by compaction.", () => stats().removedRecords);
  registry.counted("moldau_compaction_removed_bytes_total", "Bytes of batches that went by compaction.", () => stats().removedBytes);
  registry.counted("moldau_compaction_failures_total", "Logs that could not be compacted, counted at each try.", () => stats().failures);
  registry.gauge("moldau_compaction_running", "Whether a log is being compacted.", () => Number(stats().running));
  registry.gauge("moldau_compaction_uncleanable_partitions", "Logs of which the last try failed.", () => stats().uncleanable);
  registry.gauge(
    "moldau_compaction_max_dirty_ratio",
    "Of the dirtiest log, the share that was not compacted.",
    () => stats().maxDirtyRatio,
  );
}

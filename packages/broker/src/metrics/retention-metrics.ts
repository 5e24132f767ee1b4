// What retention has taken away.
import type { RetentionStats } from "../retention/retention.js";
import type { MetricsRegistry } from "./registry.js";

export function registerRetentionMetrics(registry: MetricsRegistry, stats: () => RetentionStats): void {
  registry.counted("moldau_retention_checks_total", "Times that all partitions were looked through.", () => stats().checks);
  registry.counted("moldau_retention_deleted_bytes_total", "Bytes of batches that went by retention.", () => stats().deletedBytes);
  registry.counted("moldau_retention_deleted_offsets_total", "Offsets that log starts were moved by.", () => stats().deletedOffsets);
}

// What there is of groups, counted when someone looks.
import type { Groups } from "../groups/groups.js";
import type { MetricsRegistry } from "./registry.js";

const MS_PER_SECOND = 1_000;

export function registerGroupMetrics(registry: MetricsRegistry, groups: Groups): void {
  const count = (type: "classic" | "consumer") => {
    let total = 0;
    for (const state of groups.states()) for (const group of state.groups.values()) if (group.kind === type) total++;
    return total;
  };
  const offsets = () => {
    let total = 0;
    for (const state of groups.states())
      for (const ofGroup of state.offsets.values()) for (const ofTopic of ofGroup.values()) total += ofTopic.size;
    return total;
  };
  const name = "moldau_groups";
  registry.gauge(name, "Groups, by type.", () => count("classic"), { type: "classic" });
  registry.gauge(name, "Groups, by type.", () => count("consumer"), { type: "consumer" });
  registry.gauge("moldau_group_offsets", "Offsets that groups have committed.", offsets);
  registry.gauge(
    "moldau_group_requests_waiting",
    "Requests that wait for a group: for its members, or for what it wrote.",
    () => groups.occupancy().waiting,
  );
  registry.gauge("moldau_group_pending_bytes", "Records of groups that are not durable yet.", () => groups.occupancy().pendingBytes);
  registry.counted(
    "moldau_group_partitions_loaded_total",
    "Partitions of __consumer_offsets that were loaded.",
    () => groups.loaded().count,
  );
  registry.counted("moldau_group_records_loaded_total", "Records that were read for it.", () => groups.loaded().records);
  registry.counted("moldau_group_loading_seconds_total", "Time it took.", () => groups.loaded().ms / MS_PER_SECOND);
}

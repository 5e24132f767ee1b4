// What there is of groups, counted when someone looks.
import { factsOf } from "@moldau/coordinators";
import type { Groups } from "../groups/groups.js";
import type { MetricsRegistry } from "./registry.js";

const MS_PER_SECOND = 1_000;

/** By type, Kafka's names of the states. */
const STATES = {
  classic: ["Empty", "PreparingRebalance", "CompletingRebalance", "Stable"],
  consumer: ["Empty", "Assigning", "Reconciling", "Stable"],
} as const;

interface GroupCounts {
  /** By type and state. */
  readonly groups: ReadonlyMap<string, number>;
  readonly members: number;
  readonly offsets: number;
}

export function registerGroupMetrics(registry: MetricsRegistry, groups: Groups): void {
  // One count serves the lines of one scrape; the first of them asks for it.
  let counted: GroupCounts = { groups: new Map(), members: 0, offsets: 0 };
  registry.gauge("moldau_group_members", "Members of groups.", () => {
    counted = count(groups);
    return counted.members;
  });
  registry.gauge("moldau_group_offsets", "Offsets that groups have committed.", () => counted.offsets);
  for (const type of ["classic", "consumer"] as const) {
    for (const state of STATES[type])
      registry.gauge("moldau_groups", "Groups, by type and state.", () => counted.groups.get(`${type} ${state}`) ?? 0, { type, state });
  }
  const waiting = "Requests that wait for a group: for its members, or for what it wrote.";
  registry.gauge("moldau_group_requests_waiting", waiting, () => groups.occupancy().waiting);
  registry.gauge("moldau_group_pending_bytes", "Records of groups that are not durable yet.", () => groups.occupancy().pendingBytes);
  registry.counted("moldau_group_partitions_loaded_total", "Partitions of __consumer_offsets loaded.", () => groups.loaded().count);
  registry.counted("moldau_group_records_loaded_total", "Records read for it.", () => groups.loaded().records);
  registry.counted("moldau_group_loading_seconds_total", "Time it took.", () => groups.loaded().ms / MS_PER_SECOND);
}

function count(groups: Groups): GroupCounts {
  const byState = new Map<string, number>();
  let members = 0;
  let offsets = 0;
  for (const state of groups.states()) {
    for (const group of state.groups.values()) {
      const key = `${group.kind} ${factsOf(group).list(group).groupState}`;
      byState.set(key, (byState.get(key) ?? 0) + 1);
      members += group.members.size;
    }
    for (const ofGroup of state.offsets.values()) for (const ofTopic of ofGroup.values()) offsets += ofTopic.size;
  }
  return { groups: byState, members, offsets };
}

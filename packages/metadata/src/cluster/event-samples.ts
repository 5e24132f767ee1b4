// Event lists that make sense, from chance: for property tests of the fold.
import { topicId } from "@moldau/std";
import fc from "fast-check";
import type { ClusterEvent, ConfigChanges, PartitionAssignment } from "./events.js";

/** A step says what to try; what it comes to depends on what exists by then. */
type Step =
  | { readonly kind: "create"; readonly name: string; readonly partitionCount: number; readonly configs: Readonly<Record<string, string>> }
  | { readonly kind: "delete" | "grow"; readonly pick: number; readonly partitionCount: number }
  | { readonly kind: "configure"; readonly pick: number; readonly changes: ConfigChanges }
  | { readonly kind: "settings"; readonly event: ClusterEvent };

const name = fc.constantFrom("a", "b", "c", "orders", "orders.eu", "__consumer_offsets", "z-9");
const configs = fc.dictionary(fc.constantFrom("retention.ms", "cleanup.policy", "max.message.bytes"), fc.constantFrom("1", "delete", ""));
const changes = fc.dictionary(fc.constantFrom("retention.ms", "cleanup.policy"), fc.option(fc.constantFrom("1", "2")));
const resource = fc.constantFrom("", "1", "g");

const settings: fc.Arbitrary<ClusterEvent> = fc.oneof(
  fc.record({ type: fc.constant("BrokerConfigsSet" as const), broker: resource, changes }),
  fc.record({ type: fc.constant("GroupConfigsSet" as const), group: resource, changes }),
  fc.record({ type: fc.constant("ClientMetricsConfigsSet" as const), subscription: resource, changes }),
  fc.integer({ min: 1, max: 3 }).map((brokerId) => ({
    type: "BrokerRegistered" as const,
    brokerId,
    host: "h",
    port: 9092,
    rack: null,
    incarnation: "i",
    listeners: [{ name: "PLAINTEXT", host: "h", port: 9092 }],
  })),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("create" as const), name, partitionCount: fc.integer({ min: 1, max: 3 }), configs }),
  fc.record({ kind: fc.constantFrom("delete" as const, "grow" as const), pick: fc.nat(), partitionCount: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ kind: fc.constant("configure" as const), pick: fc.nat(), changes }),
  fc.record({ kind: fc.constant("settings" as const), event: settings }),
);

/** Events in an order that a cluster could have written them. */
export const events: fc.Arbitrary<readonly ClusterEvent[]> = fc.array(step, { maxLength: 40 }).map(sensible);

function sensible(steps: readonly Step[]): readonly ClusterEvent[] {
  const made: ClusterEvent[] = [{ type: "ClusterCreated", clusterId: "cluster" }];
  const live = new Map<string, string>();
  for (const [at, next] of steps.entries()) {
    if (next.kind === "settings") made.push(next.event);
    else if (next.kind === "create") {
      if (live.has(next.name)) continue;
      const id = topicId(`id-${at}`);
      live.set(next.name, id);
      const partitions = assignments(next.partitionCount);
      made.push({ type: "TopicCreated", topicId: id, name: next.name, replicationFactor: 3, partitions, configs: next.configs });
    } else if (live.size > 0) {
      const [picked, id] = [...live][next.pick % live.size] ?? ["", ""];
      if (next.kind === "delete") live.delete(picked);
      made.push(changeOf(next, id));
    }
  }
  made.push({ type: "ProducerIdsAllocated", next: steps.length });
  return made;
}

function changeOf(step: Exclude<Step, { readonly kind: "create" | "settings" }>, id: string): ClusterEvent {
  if (step.kind === "configure") return { type: "TopicConfigsSet", topicId: topicId(id), changes: step.changes };
  if (step.kind === "delete") return { type: "TopicDeleted", topicId: topicId(id) };
  return { type: "PartitionsAdded", topicId: topicId(id), partitions: assignments(step.partitionCount) };
}

const assignments = (count: number): PartitionAssignment[] => Array.from({ length: count }, () => ({ leaderEpoch: 0, replicas: [1] }));

// What kind of group a seed gives.
import type { SeededRandom } from "../time/seeded-random.js";
import { type Shape, shapeOf } from "../world/shape.js";

export type Protocols = "classic" | "consumer" | "mixed";

export interface GroupShape {
  readonly world: Shape;
  readonly protocols: Protocols;
  readonly members: number;
  readonly partitions: number;
  /** Whether members have names that outlive them (KIP-345). */
  readonly staticMembers: boolean;
  readonly growsTopic: boolean;
  readonly runMs: number;
  readonly sessionMs: number;
  readonly heartbeatMs: number;
  readonly rebalanceMs: number;
  /** A member's life is about that long. */
  readonly lifeMs: number;
  readonly properties: ReadonlyMap<string, string>;
}

export function groupShapeOf(random: SeededRandom, protocols: readonly Protocols[]): GroupShape {
  const sessionMs = random.pick([800, 2_000]);
  const heartbeatMs = sessionMs / 5;
  const runMs = random.int(2_000, 8_000);
  return {
    world: { ...shapeOf(random), runMs, maxCalmMs: random.pick([500, 1_500, 4_000]) },
    protocols: random.pick(protocols),
    members: random.int(2, 6),
    partitions: random.int(1, 7),
    staticMembers: random.chance(0.4),
    growsTopic: random.chance(0.3),
    runMs,
    sessionMs,
    heartbeatMs,
    rebalanceMs: 2 * sessionMs,
    lifeMs: random.pick([1_000, 3_000, 10_000]),
    properties: new Map([
      ["group.min.session.timeout.ms", "100"],
      ["group.initial.rebalance.delay.ms", String(random.pick([0, 100]))],
      ["group.consumer.min.session.timeout.ms", "100"],
      ["group.consumer.session.timeout.ms", String(sessionMs)],
      ["group.consumer.min.heartbeat.interval.ms", "10"],
      ["group.consumer.heartbeat.interval.ms", String(heartbeatMs)],
      ["group.consumer.min.assignment.interval.ms", "0"],
      ["group.consumer.assignment.interval.ms", String(random.pick([0, 50]))],
      ["offsets.topic.num.partitions", String(random.int(1, 3))],
    ]),
  };
}

// What kind of world of transactions a seed gives.
import type { SeededRandom } from "../time/seeded-random.js";
import { type Shape, shapeOf } from "../world/shape.js";
import type { Speaks } from "./producer.js";

export interface TransactionShape {
  readonly world: Shape;
  readonly topics: number;
  readonly partitions: number;
  readonly tellers: number;
  /** What clients speak. */
  readonly speaks: readonly Speaks[];
  /** Whether something reads the bank's records, and writes others for them. */
  readonly chains: boolean;
  /** Whether there are logs besides that retention cuts. */
  readonly retains: boolean;
  /** Whether what can be compacted is: the topics of coordinators, and one where tellers keep what they know by keys. */
  readonly compacts: boolean;
  /** Of tombstones there. */
  readonly deleteRetentionMs: number;
  readonly timeoutMs: number;
  readonly lifeMs: number;
  readonly commitShare: number;
  readonly properties: ReadonlyMap<string, string>;
}

/** So often, and of what is hardly worth it, that logs are compacted while transactions go on in them and brokers die. */
const COMPACTION = [
  ["log.cleaner.backoff.ms", "25"],
  ["log.cleaner.dedupe.buffer.size", "1048576"],
  ["log.cleaner.min.cleanable.ratio", "0.01"],
] as const;

export function transactionShapeOf(random: SeededRandom): TransactionShape {
  const shape = quietShapeOf(random);
  const compacts = random.chance(0.5);
  const properties = new Map([...shape.properties, ...(compacts ? COMPACTION : [])]);
  return { ...shape, compacts, properties, deleteRetentionMs: random.pick([0, 0, 86_400_000]) };
}

function quietShapeOf(random: SeededRandom): Omit<TransactionShape, "compacts" | "deleteRetentionMs"> {
  const retains = random.chance(0.4);
  return {
    world: {
      ...shapeOf(random),
      runMs: random.int(100, 900),
      maxCalmMs: random.pick([15, 60, 250]),
      maxPauseMs: random.pick([4, 20]),
      partitions: 1,
      producers: 1,
      churns: false,
      trims: retains && random.chance(0.3),
      keepsBytes: retains ? random.pick([0, 2_048, 20_000]) : undefined,
    },
    topics: random.pick([1, 1, 2]),
    partitions: random.int(1, 3),
    tellers: random.int(1, 4),
    speaks: random.pick([[1], [2], [1, 2]] as const),
    chains: random.chance(0.6),
    retains,
    timeoutMs: random.pick([60, 250, 1_000]),
    lifeMs: random.pick([40, 150, 600]),
    commitShare: random.pick([0.5, 0.8, 0.95]),
    properties: new Map([
      ["transaction.state.log.num.partitions", String(random.int(1, 3))],
      ["offsets.topic.num.partitions", String(random.int(1, 3))],
    ]),
  };
}

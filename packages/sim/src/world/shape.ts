// What kind of world a seed gives: each has its own limits, load and faults, so that all kinds of them meet over many seeds.
import type { SeededRandom } from "../time/seeded-random.js";

export interface Shape {
  /** Bounds of the broker's storage, so small that a moment of load goes round the journal several times. */
  readonly limits: ReturnType<typeof limits>;
  readonly runMs: number;
  readonly partitions: number;
  readonly producers: number;
  readonly maxRecords: number;
  readonly maxPaddingBytes: number;
  /** The longest that clients rest between requests. */
  readonly maxPauseMs: number;
  /** Whether some client deletes records. */
  readonly trims: boolean;
  /** What retention is to keep of each partition at least; undefined: all. */
  readonly keepsBytes: number | undefined;
  /** Whether a topic comes and goes. */
  readonly churns: boolean;
  readonly direct: boolean;
  readonly stalls: number;
  readonly writeErrors: number;
  readonly readErrors: number;
  /** The longest time between two troubles: kills, stops, a full disk. */
  readonly maxCalmMs: number;
  readonly killProbability: number;
  readonly fullProbability: number;
  /** What a full disk has. */
  readonly capacityBytes: number;
}

/** Any world, or those where journal files become segments all the time and hardly a broker lives for long. */
export type ShapeKind = "any" | "brief";

const KIB = 1024;

export const shapes: { readonly [Kind in ShapeKind]: (random: SeededRandom) => Shape } = { any: shapeOf, brief: briefShapeOf };

export function shapeOf(random: SeededRandom): Shape {
  return {
    limits: limits(random),
    runMs: random.int(10, 90),
    partitions: random.int(1, 3),
    producers: random.int(1, 3),
    maxRecords: random.pick([1, 3, 8]),
    maxPaddingBytes: random.pick([0, 60, 600]),
    maxPauseMs: random.pick([1, 6]),
    trims: random.chance(0.4),
    churns: random.chance(0.25),
    direct: random.chance(0.7),
    stalls: random.pick([0, 0, 0.01]),
    writeErrors: random.pick([0, 0, 0, 0.01, 0.05]),
    readErrors: random.pick([0, 0, 0, 0.01]),
    maxCalmMs: random.pick([5, 20, 50]),
    killProbability: random.pick([0.3, 0.9]),
    fullProbability: random.pick([0, 0, 0.2]),
    capacityBytes: random.pick([100, 200, 300]) * KIB,
    keepsBytes: random.pick([undefined, undefined, 0, 2 * KIB, 20 * KIB]),
  };
}

function briefShapeOf(random: SeededRandom): Shape {
  const shape = shapeOf(random);
  return {
    ...shape,
    limits: {
      ...shape.limits,
      consolidateBytes: random.pick([8, 24]) * KIB,
      ownSegmentBytes: 256,
      promotedShare: 0.01,
      promotedStretchBytes: 1,
      journalFileBytes: random.pick([16, 32]) * KIB,
      journalFiles: random.pick([2, 4, 8]),
      journalFastFillMs: 1_000,
    },
    runMs: random.int(60, 200),
    producers: random.int(2, 3),
    maxRecords: random.pick([3, 8]),
    maxPaddingBytes: random.pick([200, 900]),
    maxPauseMs: 1,
    maxCalmMs: random.pick([15, 40]),
    killProbability: 0.9,
  };
}

/** So often that logs are cut while rounds run and brokers die. */
const RETENTION_CHECK_MS = "3";

/** The broker's settings that the shape asks for. */
export const retentionProperties = ({ keepsBytes }: Shape): ReadonlyMap<string, string> =>
  new Map(keepsBytes === undefined ? [] : [["log.retention.check.interval.ms", RETENTION_CHECK_MS]]);

function limits(random: SeededRandom) {
  const slabBytes = random.pick([16, 32]) * KIB;
  const journalFileBytes = random.pick([16, 32, 64]) * KIB;
  const consolidateBatches = random.pick([20, 500]);
  const roundBytes = random.pick([8, 16, 64]) * KIB;
  return {
    consolidateBytes: random.pick([8, 24, 96]) * KIB,
    consolidateBatches,
    roundBytes,
    roundBatches: random.pick([10, 300]),
    roundLoadedBytes: roundBytes,
    ownSegmentBytes: random.pick([0.25, 1, 8]) * KIB,
    sharedSegmentBytes: 16 * KIB,
    // Files become segments where they lie, often, now and then, or never.
    promotedShare: random.pick([0.01, 0.01, 0.1, 2]),
    promotedStretchBytes: random.pick([1, 1, 500]),
    // Segments are merged all the time, or now and then.
    mergedRunBytes: random.pick([1, 64]) * KIB,
    mergeWidth: random.pick([2, 2, 4]),
    mergedSegmentBytes: random.pick([1, 6, 64]) * KIB,
    mergeRestMs: random.pick([0, 1, 5]),
    tailBatches: consolidateBatches * random.pick([2, 10]),
    patienceMs: random.pick([50, 500]),
    segmentCacheBytes: random.pick([16, 256]) * KIB,
    readBufferBytes: 64 * KIB,
    journalFileBytes,
    journalFiles: random.pick([2, 3, 4]),
    journalFastFillMs: random.pick([20, 1_000]),
    slabBytes,
    slabs: random.pick([4, 8]),
  };
}

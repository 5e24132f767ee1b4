// Requests made from their declarations: every field has a value of its type, drawn from those that a broker may trip over.
import { type Api, encodeRequestFrame, includesVersion } from "@moldau/protocol";
import { batchOf } from "./topics.js";

/** Numbers in [0, 1) from a seed, the same each time. */
export type Chance = () => number;

/** Mulberry32, by Tommy Ettinger: small, and random enough to choose with. */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(chance: Chance, items: readonly T[]): T => items[Math.floor(chance() * items.length)] as T;
export const below = (chance: Chance, limit: number): number => Math.floor(chance() * limit);

type Fields = Api["request"]["fields"];
type Field = Fields[string];
type FieldType = Field["type"];

/** What requests may name. */
export interface World {
  readonly topicIds: readonly string[];
}

export const TOPICS = ["f0", "f1", "f2", "f.3", "f_3"] as const;
const TEXTS = [
  ...TOPICS,
  "",
  "1",
  "..",
  "../x",
  "ü",
  "x".repeat(300),
  "__cluster_metadata",
  "delete",
  "compact",
  "gzip",
  "LogAppendTime",
  "100",
];
const CONFIGS = ["retention.ms", "cleanup.policy", "max.message.bytes", "compression.type", "message.timestamp.type", "nonsense"];
const INTEGERS = [-1, 0, 0, 0, 1, 1, 2, 3, 7, 100, -2, -3, -(2 ** 31), 2 ** 31 - 1];
const LARGE = [2 ** 53 - 1, -(2 ** 53), 2 ** 32, 1_700_000_000_000];
const MOST_ELEMENTS = 4;

/** A whole frame of a request of that API and version. */
export function randomRequest(chance: Chance, api: Api, version: number, world: World): Buffer {
  const clientId = pick(chance, [null, "fuzz", "", "x".repeat(200)]);
  const request = randomStruct(chance, api.request.fields, version, world);
  return Buffer.concat(encodeRequestFrame(api, version, { correlationId: below(chance, 1_000), clientId }, request as never));
}

function randomStruct(chance: Chance, fields: Fields, version: number, world: World): Record<string, unknown> {
  const present = Object.entries(fields).filter(([, { versions }]) => versions === undefined || includesVersion(versions, version));
  return Object.fromEntries(
    present.map(([name, field]) => {
      const mayBeNull = field.nullableVersions !== undefined && includesVersion(field.nullableVersions, version);
      return [name, mayBeNull && chance() < 0.4 ? null : randomValue(chance, field.type, name, version, world)];
    }),
  );
}

function randomValue(chance: Chance, type: FieldType, name: string, version: number, world: World): unknown {
  switch (type.kind) {
    case "struct":
      return randomStruct(chance, type.fields, version, world);
    case "array":
      return Array.from({ length: below(chance, MOST_ELEMENTS) }, () => randomValue(chance, type.element, name, version, world));
    case "string":
      return pick(chance, name === "name" && chance() < 0.3 ? CONFIGS : TEXTS);
    case "bytes":
      return Buffer.alloc(below(chance, 20), 0x61);
    case "records":
      return randomRecords(chance);
    case "uuid":
      return pick(chance, [...world.topicIds, "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAQ"]);
    case "bool":
      return chance() < 0.5;
    case "float64":
      return pick(chance, [0, -1, 1e300]);
    case "bigint64":
      return BigInt(pick(chance, [...INTEGERS, ...LARGE]));
    default:
      return randomInteger(chance, type.kind);
  }
}

const BITS = { int8: 8, int16: 16, uint16: 16, int32: 32, uint32: 32, int64: 64, clampedInt64: 64 } as const;

function randomInteger(chance: Chance, kind: keyof typeof BITS): number {
  const bits = BITS[kind];
  if (bits === 64) return pick(chance, [...INTEGERS, ...LARGE]);
  const integer = pick(chance, INTEGERS);
  if (kind.startsWith("u")) return Math.abs(integer) % 2 ** bits;
  return (integer << (32 - bits)) >> (32 - bits);
}

/** A batch as a producer makes it, or one that lies. */
export function randomRecords(chance: Chance): Uint8Array {
  const values = Array.from({ length: 1 + below(chance, 5) }, (_, i) => String(i).repeat(below(chance, 50)));
  const idempotent = chance() < 0.4 && { producerId: below(chance, 3), producerEpoch: below(chance, 2), baseSequence: below(chance, 6) };
  const batch = Buffer.from(
    batchOf(values, {
      compression: pick(chance, ["none", "none", "gzip", "snappy", "lz4", "zstd"] as const),
      control: chance() < 0.05,
      transactional: chance() < 0.05,
      ...idempotent,
    }),
  );
  if (chance() < 0.4) batch[below(chance, batch.length)] = below(chance, 256);
  if (chance() < 0.05) return Buffer.concat([batch, batch]);
  return chance() < 0.05 ? batch.subarray(0, below(chance, batch.length)) : batch;
}

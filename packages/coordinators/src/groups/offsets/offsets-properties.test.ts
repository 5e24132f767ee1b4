// Offsets against a model: whatever is committed, forgotten and expires, and whenever the broker starts again, what is read back is what
// a plain table of commits says.
import { encodeVersioned, LegacyOffsetCommitKey, OffsetCommitKey, OffsetCommitValue } from "@moldau/protocol";
import { topicId, uuidText, ZERO_UUID } from "@moldau/std";
import fc from "fast-check";
import { expect, it } from "vitest";
import { scenarioBench } from "../testing/scenario-bench.js";
import type { CommittedOffset } from "./offsets.js";
import { decodeOffset, encodeOffset } from "./records.js";
import { offsetsVocabulary } from "./testing/words.js";

const RETENTION_MS = 1_000;
const CHECK_MS = 100;

const group = fc.constantFrom("g", "h", "i");
const topic = fc.constantFrom("orders", "returns");
const place = { group, topic, partition: fc.nat(2) };

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("commit"), ...place, offset: fc.nat(99), retention: fc.constantFrom(-1, -1, 300) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete-offsets"), ...place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("after"), ms: fc.nat(400) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("topics-deleted"), topic }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart") }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
const RESTART: Step = { kind: "restart" };

/** When each offset expires, by "group topic/partition". The time is that of the bench; checks come every CHECK_MS since the last restart. */
function model() {
  const offsets = new Map<string, { readonly offset: number; readonly until: number }>();
  let now = 0;
  let lastCheck = 0;
  const forget = (isGone: (key: string, until: number) => boolean) => {
    for (const [key, { until }] of offsets) if (isGone(key, until)) offsets.delete(key);
  };
  return {
    offsets,
    take(one: Step) {
      if (one.kind === "restart") lastCheck = now;
      if ("ms" in one) {
        now += one.ms;
        while (lastCheck + CHECK_MS <= now) {
          lastCheck += CHECK_MS;
          forget((_key, until) => until <= lastCheck);
        }
      } else if ("offset" in one) {
        const until = now + (one.retention < 0 ? RETENTION_MS : one.retention);
        offsets.set(`${one.group} ${one.topic}/${one.partition}`, { offset: one.offset, until });
      } else if ("group" in one) offsets.delete(`${one.group} ${one.topic}/${one.partition}`);
      else if ("topic" in one) forget((key) => key.includes(` ${one.topic}/`));
    },
  };
}

function lineOf(one: Step): string {
  if ("ms" in one) return `after ${one.ms}`;
  if ("offset" in one) {
    const { group, topic, partition, offset, retention } = one;
    return `commit group=${group} at=${topic}/${partition}:${offset} version=4 retention=${retention}`;
  }
  if ("group" in one) return `delete-offsets group=${one.group} from=${one.topic}/${one.partition}`;
  return "topic" in one ? `topics-deleted ${one.topic}` : one.kind;
}

it("reads back what was committed, and neither forgotten nor expired, through restarts", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const bench = scenarioBench(offsetsVocabulary);
      const wanted = model();
      for (const line of [
        `set offsetsRetentionMs=${RETENTION_MS} offsetsRetentionCheckIntervalMs=${CHECK_MS}`,
        "topic orders 3",
        "topic returns 3",
        "restart",
      ])
        bench.run(line);
      for (const one of [...steps, RESTART]) {
        bench.run(lineOf(one));
        wanted.take(one);
        for (const name of ["g", "h", "i"]) expect(fetched(bench.run(`fetch group=${name}`))).toEqual(ofGroup(wanted.offsets, name));
      }
    }),
    { numRuns: 300 },
  );
});

const fetched = ([line = ""]: readonly string[]): string[] =>
  line
    .replace(/^reply fetch: /, "")
    .split(" ")
    .filter((one) => one !== "nothing")
    .sort();

const ofGroup = (offsets: ReadonlyMap<string, { readonly offset: number }>, name: string): string[] =>
  [...offsets]
    .filter(([key]) => key.startsWith(`${name} `))
    .map(([key, { offset }]) => `${key.slice(2)}:${offset}`)
    .sort();

const int53 = fc.maxSafeInteger();
const int32 = fc.integer({ min: -1, max: 0x7fff_ffff });
const uuid = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => topicId(uuidText(bytes)))
  .filter((id) => id !== ZERO_UUID);
const committed: fc.Arbitrary<CommittedOffset> = fc.record({
  offset: int53,
  leaderEpoch: int32,
  metadata: fc.string({ unit: "grapheme" }),
  commitTimestampMs: int53,
  expireTimestampMs: fc.constant(undefined),
  topicId: fc.option(uuid, { nil: undefined }),
});
const text = fc.string({ unit: "grapheme" });

it("writes records that read back as the same event", () => {
  fc.assert(
    fc.property(text, text, int32, fc.option(committed, { nil: undefined }), (groupId, topic, partition, one) => {
      const event = { kind: "offset", groupId, topic, partition, committed: one } as const;
      const { key, value } = encodeOffset(event);
      expect(decodeOffset(1, key, value)).toEqual(event);
    }),
  );
});

it("keeps when a commit expires, and then neither its leader epoch nor its topic id, as Kafka does", () => {
  fc.assert(
    fc.property(committed, fc.nat(), (one, expireTimestampMs) => {
      const { key, value } = encodeOffset({
        kind: "offset",
        groupId: "g",
        topic: "t",
        partition: 0,
        committed: { ...one, expireTimestampMs },
      });
      expect(decodeOffset(1, key, value)?.committed).toEqual({ ...one, expireTimestampMs, leaderEpoch: -1, topicId: undefined });
    }),
  );
});

const common = { offset: 7, metadata: "m", commitTimestamp: 99 };
const read = { offset: 7, metadata: "m", commitTimestampMs: 99, leaderEpoch: -1, expireTimestampMs: undefined, topicId: undefined };

it.each([
  [0, common, read],
  [1, { ...common, expireTimestamp: 123 }, { ...read, expireTimestampMs: 123 }],
  [1, { ...common, expireTimestamp: -1 }, read],
  [2, common, read],
  [3, { ...common, leaderEpoch: 5 }, { ...read, leaderEpoch: 5 }],
  [4, { ...common, leaderEpoch: 5 }, { ...read, leaderEpoch: 5 }],
])("reads values of version %i", (version, value, wanted) => {
  const bytes = encodeVersioned(OffsetCommitValue, version, value);
  const key = { group: "g", topic: "t", partition: 3 };
  const event = { kind: "offset", groupId: "g", topic: "t", partition: 3, committed: wanted };
  expect(decodeOffset(1, encodeVersioned(OffsetCommitKey, 0, key), bytes)).toEqual(event);
  expect(decodeOffset(0, encodeVersioned(LegacyOffsetCommitKey, 0, key), bytes)).toEqual(event);
});

it("leaves other kinds of records alone", () => {
  expect(decodeOffset(2, Buffer.of(0, 2), null)).toBeUndefined();
});

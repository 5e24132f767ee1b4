// Record batches that lie, and requests to produce that make no sense. Cases as in frames.mjs.
import { gzipSync } from "node:zlib";
import { topicName } from "../../lib/checks.mjs";
import { batch, record, records } from "./batches.mjs";
import { int8, int32, int64, join, uint32, varint } from "./bytes.mjs";
import { tell } from "./connection.mjs";
import { createTopics, errorCodeOf, metadata, produce } from "./requests.mjs";

const OK = 0;
const CORRUPT = 2;
const INVALID = 87;
const INTERNAL = -1;
const BROKEN = { [CORRUPT]: "corrupt or invalid: producers treat both alike", [INVALID]: "the same" };
const STRICTER = { [INVALID]: "Kafka stores what it does not look at; to refuse it protects readers", [CORRUPT]: "the same" };
// Kafka answers UNKNOWN_SERVER_ERROR where its decompressor throws
const NAMED = { ...BROKEN, 76: "unsupported compression says it best" };
const GZIP = 1;
const MEGABYTE = 1_000_000;

/** A record v1 in a message set, as clients before Kafka 0.11 wrote them. */
function legacyMessage(magic) {
  const body = join(int8(magic), int8(0), magic === 1 ? int64(Date.now()) : [], int32(-1), int32(5), Buffer.from("value"));
  const crc = uint32(0);
  return join(int64(0), int32(4 + body.length), crc, body);
}

const bomb = () => {
  const value = Buffer.alloc(64 * MEGABYTE);
  return batch({ attributes: GZIP, records: [record()], payload: gzipSync(record({ value })) });
};

const lies = (topic) => {
  const send = (fields) => produce(topic, batch(fields));
  const sendRecord = (fields) => send({ records: [record(fields)] });
  return [
    ["an honest batch", send({}), OK],
    ["an honest batch in gzip", send({ attributes: GZIP, payload: gzipSync(join(records(3))), records: records(3) }), OK],
    ["a wrong crc", send({ crcOff: 1 }), CORRUPT],
    ["a batch length that is too small", send({ length: 10 }), CORRUPT, BROKEN],
    ["a batch length that is negative", send({ length: -1 }), CORRUPT, BROKEN],
    ["a batch length beyond the records", send({ length: 500 }), INVALID, BROKEN],
    ["a batch cut off in its header", produce(topic, batch().subarray(0, 30)), INVALID, BROKEN],
    ["a batch cut off in its records", produce(topic, batch().subarray(0, -3)), INVALID, BROKEN],
    ["bytes after the batch", produce(topic, join(batch(), Buffer.alloc(5))), OK, STRICTER],
    ["two batches", produce(topic, join(batch(), batch())), INVALID],
    ["no batch", produce(topic, Buffer.alloc(0)), INVALID],
    ["null for records", produce(topic, null), "silent", { ...BROKEN, closed: "Kafka fails within and never answers; anything is better" }],
    ["magic 3", send({ magic: 3 }), CORRUPT, BROKEN],
    ["magic -1", send({ magic: -1 }), CORRUPT, BROKEN],
    ["magic 0", produce(topic, legacyMessage(0)), INVALID],
    ["magic 1", produce(topic, legacyMessage(1)), INVALID],
    ["a count of 0", send({ count: 0, lastOffsetDelta: 0, payload: Buffer.alloc(0) }), INVALID],
    ["a count above what is there", send({ count: 2, lastOffsetDelta: 1 }), INVALID],
    ["a count below what is there", send({ records: records(2), count: 1, lastOffsetDelta: 0 }), INVALID],
    ["a negative count", send({ count: -1 }), INVALID],
    ["a count of 2^31 - 1", send({ count: 0x7fffffff, lastOffsetDelta: 0x7ffffffe }), INVALID],
    ["a last offset delta that does not fit the count", send({ lastOffsetDelta: 5 }), INVALID],
    ["a negative last offset delta", send({ lastOffsetDelta: -1 }), INVALID],
    ["offset deltas that jump", send({ records: [record(), record({ offsetDelta: 5 })] }), OK, STRICTER],
    ["a base offset that is not 0", send({ baseOffset: 1_000 }), INVALID],
    ["a leader epoch from the future", send({ leaderEpoch: 1_000 }), OK],
    ["a codec that does not exist: 5", send({ attributes: 5 }), INTERNAL, NAMED],
    ["a codec that does not exist: 7", send({ attributes: 7 }), INTERNAL, NAMED],
    ["gzip that is none", send({ attributes: GZIP }), INTERNAL, NAMED],
    ["gzip cut off", send({ attributes: GZIP, payload: gzipSync(join(records(3))).subarray(0, 20), records: records(3) }), INTERNAL, NAMED],
    ["snappy that is none", send({ attributes: 2 }), INTERNAL, NAMED],
    ["lz4 that is none", send({ attributes: 3 }), INTERNAL, NAMED],
    ["zstd that is none", send({ attributes: 4 }), INTERNAL, NAMED],
    ["a control batch", send({ attributes: 1 << 5 }), INVALID],
    [
      "a transactional batch without a producer",
      send({ attributes: 1 << 4 }),
      53,
      { [INVALID]: "it belongs to no transaction", 48: "the same" },
    ],
    ["a record longer than the batch", sendRecord({ length: 5_000 }), INVALID],
    ["a record of negative length", sendRecord({ length: -1 }), INVALID],
    ["a record shorter than its fields", sendRecord({ length: 6 }), INVALID],
    ["a key longer than the record", sendRecord({ rawKey: varint(5_000) }), INVALID],
    ["a key of length -2", sendRecord({ rawKey: varint(-2) }), OK, STRICTER],
    ["a value longer than the record", sendRecord({ rawValue: varint(5_000) }), INVALID],
    ["a negative number of headers", sendRecord({ headers: varint(-1) }), INVALID],
    ["more headers than the record holds", sendRecord({ headers: varint(1_000_000) }), INVALID],
    ["a header without a name", sendRecord({ headers: join(varint(1), varint(-1), varint(-1)) }), INVALID],
    ["a header's name longer than the record", sendRecord({ headers: join(varint(1), varint(900)) }), INVALID],
    ["a time from the future", send({ baseTimestamp: Date.now() + 9_000_000 }), 32],
    ["a negative time", send({ baseTimestamp: -5 }), OK, { 32: "stricter: no clock shows it" }],
    ["a maximum time that is not the maximum", send({ baseTimestamp: 1_000, maxTimestamp: 500 }), OK],
    ["the broker's time claimed by the client", send({ attributes: 1 << 3 }), OK, { ...STRICTER, 32: "the same" }],
    ["a sequence without a producer", send({ baseSequence: 5 }), OK],
    ["a producer without a sequence", send({ producerId: 4711, producerEpoch: 0 }), INVALID],
    ["a producer that nobody knows", send({ producerId: 4711, producerEpoch: 0, baseSequence: 0 }), OK],
    ["that producer, its sequence with a gap", send({ producerId: 4711, producerEpoch: 0, baseSequence: 7 }), 45],
    ["that producer, the same batch again", send({ producerId: 4711, producerEpoch: 0, baseSequence: 0 }), OK],
    ["that producer in an older epoch", send({ producerId: 4711, producerEpoch: -1, baseSequence: 1 }), 47],
    ["a batch above max.message.bytes", sendRecord({ value: Buffer.alloc(1_048_588) }), 10],
    ["64 MB of zeros in a batch of 64 kB", produce(topic, bomb()), OK, { ...BROKEN, 10: "a bound on what a batch unfolds to" }],
    ["acks=2", produce(topic, batch(), { acks: 2 }), 21],
    ["acks=-2", produce(topic, batch(), { acks: -2 }), 21],
    ["an unknown topic", produce(topicName("unknown"), batch()), 3],
    ["an unknown partition", produce(topic, batch(), { partition: 7 }), 3],
    ["a negative partition", produce(topic, batch(), { partition: -1 }), 3],
    ["a topic's name that is a path", produce("../../etc/passwd", batch()), 3],
    ["a lie with acks=0", produce(topic, batch({ crcOff: 1 }), { acks: 0 }), "closed"],
  ];
};

/** The cases, for a topic of their own that answers. */
export async function lyingRecords() {
  const topic = topicName("lies");
  await tell(createTopics(topic));
  for (let attempt = 0; attempt < 200; attempt++) {
    const asked = metadata([topic]);
    if (errorCodeOf(asked, await tell(asked)) === 0) break;
  }
  return lies(topic).map(([what, ...rest]) => [`produce: ${what}`, ...rest]);
}

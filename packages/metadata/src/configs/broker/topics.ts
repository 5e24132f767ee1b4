// Broker configs about topics: what new ones get, and what topic configs fall back to.
import { broker, type ConfigDefinition, ofBroker } from "../definition.js";
import { atLeast, between, eachOneOf, oneOf } from "../valid.js";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export const TOPIC_DEFAULTS: readonly ConfigDefinition[] = [
  ...ofBroker("start", [
    [
      "auto.create.topics.enable",
      "boolean",
      "true",
      "high",
      { doc: "Whether a topic that a client asks for, and that does not exist, is created." },
    ],
    [
      "default.replication.factor",
      "int",
      "1",
      "medium",
      { doc: "The replication factor of a topic whose creator does not say; any is accepted, since durability is the storage medium's." },
    ],
    [
      "log.retention.check.interval.ms",
      "long",
      "300000",
      "medium",
      { valid: atLeast(1), doc: "How often logs are looked through for records that may go." },
    ],
    ["delete.topic.enable", "boolean", "true", "high", { doc: "Whether topics can be deleted." }],
    [
      "max.request.partition.size.limit",
      "int",
      "2000",
      "medium",
      { valid: atLeast(1), doc: "How many partitions one answer of DescribeTopicPartitions lists." },
    ],
    ["num.partitions", "int", "1", "medium", { valid: atLeast(1), doc: "How many partitions a topic gets whose creator does not say." }],
  ]),
  ...ofBroker("live", [
    [
      "compression.gzip.level",
      "int",
      "-1",
      "medium",
      { valid: between(1, 9, -1), update: "cluster-wide", doc: "The gzip level, when compression.type is gzip; -1 is gzip's own default." },
    ],
    [
      "compression.lz4.level",
      "int",
      "9",
      "medium",
      { valid: between(1, 17), update: "cluster-wide", doc: "The lz4 level, when compression.type is lz4." },
    ],
    [
      "compression.type",
      "string",
      "producer",
      "high",
      {
        valid: oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
        update: "cluster-wide",
        doc: "How stored batches are compressed; producer keeps what the producer chose.",
      },
    ],
    [
      "compression.zstd.level",
      "int",
      "3",
      "medium",
      { valid: between(-131072, 22), update: "cluster-wide", doc: "The zstd level, when compression.type is zstd." },
    ],
    [
      "log.cleanup.policy",
      "list",
      "delete",
      "medium",
      {
        valid: eachOneOf("compact", "delete"),
        update: "cluster-wide",
        doc: "What becomes of old records: delete, compact, or both; the default of cleanup.policy.",
      },
    ],
    [
      "log.message.timestamp.after.max.ms",
      "long",
      "3600000",
      "medium",
      { valid: atLeast(0), update: "cluster-wide", doc: "How far in the future a producer's timestamp may lie." },
    ],
    [
      "log.message.timestamp.before.max.ms",
      "long",
      "9223372036854775807",
      "medium",
      { valid: atLeast(0), update: "cluster-wide", doc: "How far in the past a producer's timestamp may lie." },
    ],
    [
      "log.message.timestamp.type",
      "string",
      "CreateTime",
      "medium",
      {
        valid: oneOf("CreateTime", "LogAppendTime"),
        update: "cluster-wide",
        doc: "Whose time a record carries: its producer's, or the broker's when it was appended.",
      },
    ],
    [
      "log.retention.bytes",
      "long",
      "-1",
      "high",
      { update: "cluster-wide", doc: "How many bytes of a partition are kept at least; -1 is all; the default of retention.bytes." },
    ],
    ["log.retention.hours", "int", "168", "high", { doc: "As log.retention.ms, in hours." }],
    ["log.retention.minutes", "int", null, "high", { doc: "As log.retention.ms, in minutes." }],
    [
      "log.retention.ms",
      "long",
      null,
      "high",
      {
        update: "cluster-wide",
        doc: "How long records are kept at least; -1 is for ever; the default of retention.ms.",
        from: [broker("log.retention.minutes", MINUTE_MS), broker("log.retention.hours", HOUR_MS)],
      },
    ],
    [
      "message.max.bytes",
      "int",
      "1048588",
      "high",
      { valid: atLeast(0), update: "cluster-wide", doc: "The largest batch that is taken, in bytes, compressed as it comes." },
    ],
    [
      "producer.id.expiration.ms",
      "int",
      "86400000",
      "low",
      {
        valid: atLeast(1),
        update: "cluster-wide",
        doc: "How long the sequence of an idempotent producer that stopped writing to a partition is remembered.",
      },
    ],
  ]),
  ...ofBroker("live", [
    [
      "log.cleaner.backoff.ms",
      "long",
      "15000",
      "medium",
      { valid: atLeast(0), update: "cluster-wide", doc: "How long compaction rests when no log is dirty enough." },
    ],
    [
      "log.cleaner.dedupe.buffer.size",
      "long",
      "134217728",
      "medium",
      { update: "cluster-wide", doc: "Memory for the keys of the log that is being compacted; with more keys, it takes several passes." },
    ],
    [
      "log.cleaner.delete.retention.ms",
      "long",
      "86400000",
      "medium",
      { valid: atLeast(0), update: "cluster-wide", doc: "How long tombstones are kept; the default of delete.retention.ms." },
    ],
    [
      "log.cleaner.io.max.bytes.per.second",
      "double",
      "1.7976931348623157E308",
      "medium",
      { update: "cluster-wide", doc: "How much compaction reads and writes per second at most, together." },
    ],
    [
      "log.cleaner.max.compaction.lag.ms",
      "long",
      "9223372036854775807",
      "medium",
      {
        valid: atLeast(1),
        update: "cluster-wide",
        doc: "How long a record may wait for compaction; the default of max.compaction.lag.ms.",
      },
    ],
    [
      "log.cleaner.min.cleanable.ratio",
      "double",
      "0.5",
      "medium",
      {
        valid: between(0, 1),
        update: "cluster-wide",
        doc: "The share of dirty bytes above which a log is compacted; the default of min.cleanable.dirty.ratio.",
      },
    ],
    [
      "log.cleaner.min.compaction.lag.ms",
      "long",
      "0",
      "medium",
      {
        valid: atLeast(0),
        update: "cluster-wide",
        doc: "How long a record is safe from compaction; the default of min.compaction.lag.ms.",
      },
    ],
    [
      "log.segment.bytes",
      "int",
      "1073741824",
      "high",
      {
        valid: atLeast(1048576),
        update: "cluster-wide",
        doc: "How much of a compacted partition waits in the journal at most; the default of segment.bytes.",
      },
    ],
    ["log.roll.hours", "int", "168", "high", { valid: atLeast(1), doc: "As log.roll.ms, in hours." }],
    [
      "log.roll.ms",
      "long",
      null,
      "high",
      {
        update: "cluster-wide",
        doc: "How long records of a compacted partition wait in the journal at most; the default of segment.ms.",
        from: [broker("log.roll.hours", HOUR_MS)],
      },
    ],
  ]),
  ...ofBroker("start", [
    ["log.cleaner.enable", "boolean", "true", "medium", { doc: "Whether logs are compacted at all; internal topics grow without." }],
  ]),
  ...ofBroker({ none: "one log is compacted at a time, and buffers are those of segments." }, [
    ["log.cleaner.io.buffer.load.factor", "double", "0.9", "medium", { update: "cluster-wide" }],
    ["log.cleaner.io.buffer.size", "int", "524288", "medium", { valid: atLeast(0), update: "cluster-wide" }],
    ["log.cleaner.threads", "int", "1", "medium", { valid: atLeast(0), update: "cluster-wide" }],
  ]),
  ...ofBroker({ none: "Java classes cannot be loaded." }, [
    ["alter.config.policy.class.name", "class", null, "low"],
    ["create.topic.policy.class.name", "class", null, "low"],
  ]),
];

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
  ...ofBroker({ none: "logs are not compacted yet." }, [
    ["log.cleaner.backoff.ms", "long", "15000", "medium", { valid: atLeast(0), update: "cluster-wide" }],
    ["log.cleaner.dedupe.buffer.size", "long", "134217728", "medium", { update: "cluster-wide" }],
    ["log.cleaner.delete.retention.ms", "long", "86400000", "medium", { valid: atLeast(0), update: "cluster-wide" }],
    ["log.cleaner.enable", "boolean", "true", "medium"],
    ["log.cleaner.io.buffer.load.factor", "double", "0.9", "medium", { update: "cluster-wide" }],
    ["log.cleaner.io.buffer.size", "int", "524288", "medium", { valid: atLeast(0), update: "cluster-wide" }],
    ["log.cleaner.io.max.bytes.per.second", "double", "1.7976931348623157E308", "medium", { update: "cluster-wide" }],
    ["log.cleaner.max.compaction.lag.ms", "long", "9223372036854775807", "medium", { valid: atLeast(1), update: "cluster-wide" }],
    ["log.cleaner.min.cleanable.ratio", "double", "0.5", "medium", { valid: between(0, 1), update: "cluster-wide" }],
    ["log.cleaner.min.compaction.lag.ms", "long", "0", "medium", { valid: atLeast(0), update: "cluster-wide" }],
    ["log.cleaner.threads", "int", "1", "medium", { valid: atLeast(0), update: "cluster-wide" }],
  ]),
  ...ofBroker({ none: "Java classes cannot be loaded." }, [
    ["alter.config.policy.class.name", "class", null, "low"],
    ["create.topic.policy.class.name", "class", null, "low"],
  ]),
];

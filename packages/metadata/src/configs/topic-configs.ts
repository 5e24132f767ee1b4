// The configurations of a topic, and the broker configs they fall back to.
import { broker, type ConfigDefinition, changeable } from "./definition.js";
import { atLeast, between, eachOneOf, oneOf, throttledReplicas } from "./valid.js";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const OWN_SEGMENTS = "segments hold many partitions, and their size and time follow from the load.";
const ALWAYS_DURABLE = "every acknowledged record is durable already.";
const MEDIUM_REPLICATES = "durability is the storage medium's, not that of follower brokers.";
const TIERED_BY_BLOBS = "what is tiered follows from where segments are kept, for all topics alike.";

export const TOPIC_CONFIGS: readonly ConfigDefinition[] = [
  ...changeable("live", [
    [
      "cleanup.policy",
      "list",
      "delete",
      "medium",
      {
        valid: eachOneOf("compact", "delete"),
        from: [broker("log.cleanup.policy")],
        doc: "What becomes of old records: deleted after their retention, or compacted to the newest of each key; a compacted topic takes no record without a key.",
      },
    ],
    [
      "compression.type",
      "string",
      "producer",
      "medium",
      {
        valid: oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
        from: [broker("compression.type")],
        doc: "How stored batches are compressed; producer keeps what the producer chose.",
      },
    ],
    [
      "compression.gzip.level",
      "int",
      "-1",
      "medium",
      {
        valid: between(1, 9, -1),
        from: [broker("compression.gzip.level")],
        doc: "The gzip level, when compression.type is gzip; -1 is gzip's own default.",
      },
    ],
    [
      "compression.lz4.level",
      "int",
      "9",
      "medium",
      { valid: between(1, 17), from: [broker("compression.lz4.level")], doc: "The lz4 level, when compression.type is lz4." },
    ],
    [
      "compression.zstd.level",
      "int",
      "3",
      "medium",
      { valid: between(-131072, 22), from: [broker("compression.zstd.level")], doc: "The zstd level, when compression.type is zstd." },
    ],
    [
      "max.message.bytes",
      "int",
      "1048588",
      "medium",
      { valid: atLeast(0), from: [broker("message.max.bytes")], doc: "The largest batch that is taken, in bytes, compressed as it comes." },
    ],
    [
      "message.timestamp.type",
      "string",
      "CreateTime",
      "medium",
      {
        valid: oneOf("CreateTime", "LogAppendTime"),
        from: [broker("log.message.timestamp.type")],
        doc: "Whose time a record carries: its producer's, or the broker's when it was appended.",
      },
    ],
    [
      "message.timestamp.before.max.ms",
      "long",
      "9223372036854775807",
      "medium",
      {
        valid: atLeast(0),
        from: [broker("log.message.timestamp.before.max.ms")],
        doc: "How far in the past a producer's timestamp may lie.",
      },
    ],
    [
      "message.timestamp.after.max.ms",
      "long",
      "3600000",
      "medium",
      {
        valid: atLeast(0),
        from: [broker("log.message.timestamp.after.max.ms")],
        doc: "How far in the future a producer's timestamp may lie.",
      },
    ],
    [
      "retention.ms",
      "long",
      "604800000",
      "medium",
      {
        valid: atLeast(-1),
        from: [broker("log.retention.ms"), broker("log.retention.minutes", MINUTE_MS), broker("log.retention.hours", HOUR_MS)],
        doc: "How long records are kept at least, by their timestamps, where cleanup.policy has delete; -1 is for ever.",
      },
    ],
    [
      "retention.bytes",
      "long",
      "-1",
      "medium",
      {
        from: [broker("log.retention.bytes")],
        doc: "How many bytes of a partition are kept at least, where cleanup.policy has delete; -1 is all.",
      },
    ],
  ]),
  ...changeable("live", [
    [
      "delete.retention.ms",
      "long",
      "86400000",
      "medium",
      {
        valid: atLeast(0),
        from: [broker("log.cleaner.delete.retention.ms")],
        doc: "How long a compacted topic keeps tombstones, so that slow readers see them.",
      },
    ],
    [
      "max.compaction.lag.ms",
      "long",
      "9223372036854775807",
      "medium",
      { valid: atLeast(1), from: [broker("log.cleaner.max.compaction.lag.ms")], doc: "How long a record may wait for compaction." },
    ],
    [
      "min.compaction.lag.ms",
      "long",
      "0",
      "medium",
      { valid: atLeast(0), from: [broker("log.cleaner.min.compaction.lag.ms")], doc: "How long a record is safe from compaction." },
    ],
    [
      "min.cleanable.dirty.ratio",
      "double",
      "0.5",
      "medium",
      {
        valid: between(0, 1),
        from: [broker("log.cleaner.min.cleanable.ratio")],
        doc: "The share of bytes not compacted yet from which on a partition is.",
      },
    ],
    [
      "segment.bytes",
      "int",
      "1073741824",
      "medium",
      {
        valid: atLeast(1048576),
        from: [broker("log.segment.bytes")],
        doc: "How much of a compacted partition waits in the journal at most, before it can be compacted.",
      },
    ],
    [
      "segment.ms",
      "long",
      "604800000",
      "medium",
      {
        valid: atLeast(1),
        from: [broker("log.roll.ms"), broker("log.roll.hours", HOUR_MS)],
        doc: "How long records of a compacted partition wait in the journal at most, before they can be compacted.",
      },
    ],
  ]),
  ...changeable({ none: OWN_SEGMENTS }, [
    ["segment.index.bytes", "int", "10485760", "medium", { valid: atLeast(4), from: [broker("log.index.size.max.bytes")] }],
    [
      "segment.jitter.ms",
      "long",
      "0",
      "medium",
      { valid: atLeast(0), from: [broker("log.roll.jitter.ms"), broker("log.roll.jitter.hours", HOUR_MS)] },
    ],
    ["file.delete.delay.ms", "long", "60000", "medium", { valid: atLeast(0), from: [broker("log.segment.delete.delay.ms")] }],
    ["index.interval.bytes", "int", "4096", "medium", { valid: atLeast(0), from: [broker("log.index.interval.bytes")] }],
    ["preallocate", "boolean", "false", "medium", { from: [broker("log.preallocate")] }],
  ]),
  ...changeable({ none: ALWAYS_DURABLE }, [
    ["flush.messages", "long", "9223372036854775807", "medium", { valid: atLeast(1), from: [broker("log.flush.interval.messages")] }],
    [
      "flush.ms",
      "long",
      "9223372036854775807",
      "medium",
      { valid: atLeast(0), from: [broker("log.flush.interval.ms"), broker("log.flush.scheduler.interval.ms")] },
    ],
  ]),
  ...changeable({ none: MEDIUM_REPLICATES }, [
    ["min.insync.replicas", "int", "1", "medium", { valid: atLeast(1), from: [broker("min.insync.replicas")] }],
    ["unclean.leader.election.enable", "boolean", "false", "medium", { from: [broker("unclean.leader.election.enable")] }],
    ["follower.replication.throttled.replicas", "list", "", "medium", { valid: throttledReplicas }],
    ["leader.replication.throttled.replicas", "list", "", "medium", { valid: throttledReplicas }],
  ]),
  ...changeable({ none: TIERED_BY_BLOBS }, [
    ["local.retention.bytes", "long", "-2", "medium", { valid: atLeast(-2), from: [broker("log.local.retention.bytes")] }],
    ["local.retention.ms", "long", "-2", "medium", { valid: atLeast(-2), from: [broker("log.local.retention.ms")] }],
    ["remote.log.copy.disable", "boolean", "false", "medium"],
    ["remote.log.delete.on.disable", "boolean", "false", "medium"],
    ["remote.storage.enable", "boolean", "false", "medium"],
  ]),
];

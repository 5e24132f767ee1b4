// Broker configs of groups and their offsets.
import { type ConfigDefinition, ofBroker } from "../definition.js";
import { atLeast, eachOneOf, oneOfIgnoringCase } from "../valid.js";

const LIMITS_OF_GROUPS = "Bounds what can be set for a group.";

export const GROUP_BROKER_CONFIGS: readonly ConfigDefinition[] = [
  ...ofBroker("start", [
    [
      "group.consumer.assignors",
      "list",
      "uniform,range",
      "medium",
      { doc: "Which assignors a consumer group can use (KIP-848): uniform, range. The first is for groups that name none." },
    ],
    [
      "group.consumer.heartbeat.interval.ms",
      "int",
      "5000",
      "medium",
      { valid: atLeast(1), doc: "How often members of consumer groups (KIP-848) are told to send heartbeats." },
    ],
    ["group.consumer.max.assignment.interval.ms", "int", "15000", "medium", { valid: atLeast(0), doc: LIMITS_OF_GROUPS }],
    ["group.consumer.max.heartbeat.interval.ms", "int", "15000", "medium", { valid: atLeast(1), doc: LIMITS_OF_GROUPS }],
    ["group.consumer.max.session.timeout.ms", "int", "60000", "medium", { valid: atLeast(1), doc: LIMITS_OF_GROUPS }],
    [
      "group.consumer.max.size",
      "int",
      "2147483647",
      "medium",
      { valid: atLeast(1), doc: "How many members a consumer group (KIP-848) takes." },
    ],
    [
      "group.consumer.migration.policy",
      "string",
      "bidirectional",
      "medium",
      {
        valid: oneOfIgnoringCase("DISABLED", "DOWNGRADE", "UPGRADE", "BIDIRECTIONAL"),
        doc: "Whether a classic group becomes a consumer group when a member of the new protocol joins (upgrade), and back when the last one leaves (downgrade).",
      },
    ],
    ["group.consumer.min.assignment.interval.ms", "int", "0", "medium", { valid: atLeast(0), doc: LIMITS_OF_GROUPS }],
    ["group.consumer.min.heartbeat.interval.ms", "int", "5000", "medium", { valid: atLeast(1), doc: LIMITS_OF_GROUPS }],
    ["group.consumer.min.session.timeout.ms", "int", "45000", "medium", { valid: atLeast(1), doc: LIMITS_OF_GROUPS }],
    [
      "group.consumer.session.timeout.ms",
      "int",
      "45000",
      "medium",
      { valid: atLeast(1), doc: "How long a member of a consumer group (KIP-848) may be silent before it loses its partitions." },
    ],
    [
      "group.initial.rebalance.delay.ms",
      "int",
      "3000",
      "medium",
      { doc: "How long an empty classic group waits for further members before its first assignment." },
    ],
    ["group.max.session.timeout.ms", "int", "1800000", "medium", { doc: "The longest session timeout that a classic member may ask for." }],
    ["group.max.size", "int", "2147483647", "medium", { valid: atLeast(1), doc: "How many members a classic group takes." }],
    ["group.min.session.timeout.ms", "int", "6000", "medium", { doc: "The shortest session timeout that a classic member may ask for." }],
    ["offset.metadata.max.bytes", "int", "4096", "high", { doc: "How long the metadata of a committed offset may be." }],
    [
      "offsets.retention.check.interval.ms",
      "long",
      "600000",
      "high",
      { valid: atLeast(1), doc: "How often committed offsets are looked through for those that have expired." },
    ],
    [
      "offsets.retention.minutes",
      "int",
      "10080",
      "high",
      { valid: atLeast(1), doc: "How long committed offsets are kept once nobody in the group uses them." },
    ],
    [
      "offsets.topic.compression.codec",
      "int",
      "0",
      "high",
      { doc: "How batches of __consumer_offsets are compressed: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd." },
    ],
    [
      "offsets.topic.num.partitions",
      "int",
      "50",
      "high",
      { valid: atLeast(1), doc: "How many partitions __consumer_offsets gets when it is created, by the first group." },
    ],
    [
      "offsets.topic.replication.factor",
      "short",
      "3",
      "high",
      { valid: atLeast(1), doc: "Its replication factor; any is accepted, since durability is the storage medium's." },
    ],
    ["offsets.topic.segment.bytes", "int", "104857600", "high", { valid: atLeast(1), doc: "Its segment.bytes." }],
  ]),
  ...ofBroker("live", [
    [
      "group.consumer.assignment.interval.ms",
      "int",
      "1000",
      "medium",
      { valid: atLeast(0), update: "cluster-wide", doc: "The least time between two assignments of a consumer group (KIP-848)." },
    ],
  ]),
  ...ofBroker({ none: "decisions are written together without waiting, and replayed from the log directly." }, [
    ["group.coordinator.append.linger.ms", "int", "-1", "medium", { valid: atLeast(-1) }],
    ["group.coordinator.cached.buffer.max.bytes", "int", "1048588", "medium", { valid: atLeast(524288), update: "cluster-wide" }],
    ["offsets.load.buffer.size", "int", "5242880", "high", { valid: atLeast(1) }],
  ]),
  ...ofBroker({ none: "coordinators have no threads of their own." }, [
    ["group.coordinator.background.threads", "int", "2", "high", { valid: atLeast(1) }],
    ["group.coordinator.threads", "int", "4", "high", { valid: atLeast(1) }],
  ]),
  ...ofBroker({ none: "both protocols of consumers are always served." }, [
    [
      "group.coordinator.rebalance.protocols",
      "list",
      "classic,consumer,streams",
      "medium",
      { valid: eachOneOf("consumer", "classic", "share", "streams") },
    ],
  ]),
  ...ofBroker({ none: "a commit is answered when it is durable or lost, however long that takes." }, [
    ["offsets.commit.timeout.ms", "int", "5000", "high", { valid: atLeast(1) }],
  ]),
];

// The configurations of a group (KIP-848, KIP-932, KIP-1071) and of a client metrics subscription (KIP-714).
import { broker, type ConfigDefinition, changeable } from "./definition.js";
import { atLeast, offsetReset, oneOf } from "./valid.js";

export const GROUP_CONFIGS: readonly ConfigDefinition[] = [
  ...changeable("live", [
    [
      "consumer.assignment.interval.ms",
      "int",
      "1000",
      "medium",
      {
        valid: atLeast(0),
        from: [broker("group.consumer.assignment.interval.ms")],
        doc: "The least time between two assignments of the group.",
      },
    ],
    [
      "consumer.heartbeat.interval.ms",
      "int",
      "5000",
      "medium",
      {
        valid: atLeast(1),
        from: [broker("group.consumer.heartbeat.interval.ms")],
        doc: "How often the members are told to send heartbeats.",
      },
    ],
    [
      "consumer.session.timeout.ms",
      "int",
      "45000",
      "medium",
      {
        valid: atLeast(1),
        from: [broker("group.consumer.session.timeout.ms")],
        doc: "How long a member may be silent before it loses its partitions.",
      },
    ],
  ]),
  ...changeable({ none: "share groups are not served yet." }, [
    ["share.assignment.interval.ms", "int", "1000", "medium", { valid: atLeast(0), from: [broker("group.share.assignment.interval.ms")] }],
    ["share.auto.offset.reset", "string", "latest", "medium", { valid: offsetReset }],
    ["share.delivery.count.limit", "int", "5", "medium", { valid: atLeast(2), from: [broker("group.share.delivery.count.limit")] }],
    ["share.heartbeat.interval.ms", "int", "5000", "medium", { valid: atLeast(1), from: [broker("group.share.heartbeat.interval.ms")] }],
    ["share.isolation.level", "string", "read_uncommitted", "medium", { valid: oneOf("read_committed", "read_uncommitted") }],
    [
      "share.partition.max.record.locks",
      "int",
      "2000",
      "medium",
      { valid: atLeast(100), from: [broker("group.share.partition.max.record.locks")] },
    ],
    [
      "share.record.lock.duration.ms",
      "int",
      "30000",
      "medium",
      { valid: atLeast(1000), from: [broker("group.share.record.lock.duration.ms")] },
    ],
    ["share.renew.acknowledge.enable", "boolean", "true", "medium"],
    ["share.session.timeout.ms", "int", "45000", "medium", { valid: atLeast(1), from: [broker("group.share.session.timeout.ms")] }],
  ]),
  ...changeable({ none: "streams groups are not served yet." }, [
    [
      "streams.assignment.interval.ms",
      "int",
      "1000",
      "medium",
      { valid: atLeast(0), from: [broker("group.streams.assignment.interval.ms")] },
    ],
    [
      "streams.heartbeat.interval.ms",
      "int",
      "5000",
      "medium",
      { valid: atLeast(1), from: [broker("group.streams.heartbeat.interval.ms")] },
    ],
    [
      "streams.initial.rebalance.delay.ms",
      "int",
      "3000",
      "medium",
      { valid: atLeast(0), from: [broker("group.streams.initial.rebalance.delay.ms")] },
    ],
    ["streams.num.standby.replicas", "int", "0", "medium", { valid: atLeast(0), from: [broker("group.streams.num.standby.replicas")] }],
    ["streams.session.timeout.ms", "int", "45000", "medium", { valid: atLeast(1), from: [broker("group.streams.session.timeout.ms")] }],
  ]),
];

export const CLIENT_METRICS_CONFIGS: readonly ConfigDefinition[] = changeable({ none: "client metrics are not collected yet." }, [
  ["interval.ms", "int", "300000", "medium", { doc: "How often clients push their metrics." }],
  ["match", "list", "", "medium", { doc: "Which clients, as ATTRIBUTE=PATTERN." }],
  ["metrics", "list", "", "medium", { doc: "Which metrics, by the beginnings of their names; * is all." }],
]);

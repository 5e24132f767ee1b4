// Broker configs about how Kafka keeps logs, which is done differently here.
import { broker, type ConfigDefinition, ofBroker } from "../definition.js";
import { atLeast, nonEmpty } from "../valid.js";

const HOUR_MS = 3_600_000;

export const STORAGE_CONFIGS: readonly ConfigDefinition[] = [
  ...ofBroker({ none: "segments hold many partitions, and their size and time follow from the load." }, [
    ["log.index.interval.bytes", "int", "4096", "medium", { valid: atLeast(0), update: "cluster-wide" }],
    ["log.index.size.max.bytes", "int", "10485760", "medium", { valid: atLeast(4), update: "cluster-wide" }],
    ["log.preallocate", "boolean", "false", "medium", { update: "cluster-wide" }],
    ["log.segment.delete.delay.ms", "long", "60000", "high", { valid: atLeast(0), update: "cluster-wide" }],
    ["log.roll.jitter.hours", "int", "0", "high", { valid: atLeast(0) }],
    ["log.roll.jitter.ms", "long", null, "high", { update: "cluster-wide", from: [broker("log.roll.jitter.hours", HOUR_MS)] }],
  ]),
  ...ofBroker({ none: "every acknowledged record is durable already." }, [
    ["log.flush.interval.messages", "long", "9223372036854775807", "high", { valid: atLeast(1), update: "cluster-wide" }],
    ["log.flush.interval.ms", "long", null, "high", { update: "cluster-wide", from: [broker("log.flush.scheduler.interval.ms")] }],
    ["log.flush.offset.checkpoint.interval.ms", "int", "60000", "high", { valid: atLeast(0) }],
    ["log.flush.scheduler.interval.ms", "long", "9223372036854775807", "high"],
    ["log.flush.start.offset.checkpoint.interval.ms", "int", "60000", "high", { valid: atLeast(0) }],
  ]),
  ...ofBroker({ none: "there is one data directory, and recovery reads the journal only." }, [
    ["cordoned.log.dirs", "list", "", "medium", { update: "cluster-wide" }],
    ["log.dir.failure.timeout.ms", "long", "30000", "low", { valid: atLeast(1) }],
    ["num.recovery.threads.per.data.dir", "int", "2", "high", { valid: atLeast(1), update: "cluster-wide" }],
  ]),
  ...ofBroker({ none: "what is tiered follows from where segments are kept, for all topics alike." }, [
    ["log.local.retention.bytes", "long", "-2", "medium", { valid: atLeast(-2), update: "cluster-wide" }],
    ["log.local.retention.ms", "long", "-2", "medium", { valid: atLeast(-2), update: "cluster-wide" }],
    ["remote.fetch.max.wait.ms", "int", "500", "medium", { valid: atLeast(1), update: "cluster-wide" }],
    ["remote.list.offsets.request.timeout.ms", "long", "30000", "medium", { valid: atLeast(1), update: "cluster-wide" }],
    ["remote.log.index.file.cache.total.size.bytes", "long", "1073741824", "low", { valid: atLeast(1), update: "cluster-wide" }],
    ["remote.log.manager.copier.thread.pool.size", "int", "10", "medium", { valid: atLeast(1), update: "cluster-wide" }],
    [
      "remote.log.manager.copy.max.bytes.per.second",
      "long",
      "9223372036854775807",
      "medium",
      { valid: atLeast(1), update: "cluster-wide" },
    ],
    ["remote.log.manager.copy.quota.window.num", "int", "11", "medium", { valid: atLeast(1) }],
    ["remote.log.manager.copy.quota.window.size.seconds", "int", "1", "medium", { valid: atLeast(1) }],
    ["remote.log.manager.expiration.thread.pool.size", "int", "10", "medium", { valid: atLeast(1), update: "cluster-wide" }],
    [
      "remote.log.manager.fetch.max.bytes.per.second",
      "long",
      "9223372036854775807",
      "medium",
      { valid: atLeast(1), update: "cluster-wide" },
    ],
    ["remote.log.manager.fetch.quota.window.num", "int", "11", "medium", { valid: atLeast(1) }],
    ["remote.log.manager.fetch.quota.window.size.seconds", "int", "1", "medium", { valid: atLeast(1) }],
    ["remote.log.manager.follower.thread.pool.size", "int", "2", "medium", { valid: atLeast(1), update: "cluster-wide" }],
    ["remote.log.manager.task.interval.ms", "long", "30000", "low", { valid: atLeast(1) }],
    ["remote.log.manager.thread.pool.size", "int", "2", "medium", { valid: atLeast(1) }],
    ["remote.log.metadata.custom.metadata.max.bytes", "int", "128", "low", { valid: atLeast(0) }],
    [
      "remote.log.metadata.manager.class.name",
      "string",
      "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager",
      "medium",
      { valid: nonEmpty },
    ],
    ["remote.log.metadata.manager.class.path", "string", null, "medium"],
    ["remote.log.metadata.manager.impl.prefix", "string", "rlmm.config.", "medium", { valid: nonEmpty }],
    ["remote.log.metadata.manager.listener.name", "string", null, "medium", { valid: nonEmpty }],
    ["remote.log.reader.max.pending.tasks", "int", "100", "medium", { valid: atLeast(1) }],
    ["remote.log.reader.threads", "int", "10", "medium", { valid: atLeast(1), update: "cluster-wide" }],
    ["remote.log.storage.manager.class.name", "string", null, "medium", { valid: nonEmpty }],
    ["remote.log.storage.manager.class.path", "string", null, "medium"],
    ["remote.log.storage.manager.impl.prefix", "string", "rsm.config.", "medium", { valid: nonEmpty }],
    ["remote.log.storage.system.enable", "boolean", "false", "medium"],
    ["follower.fetch.last.tiered.offset.enable", "boolean", "false", "medium", { update: "cluster-wide" }],
  ]),
];

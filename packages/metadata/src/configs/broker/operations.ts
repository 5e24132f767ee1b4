// Broker configs about metrics, quotas and other matters of running one.
import { type ConfigDefinition, ofBroker } from "../definition.js";
import { atLeast } from "../valid.js";

export const OPERATIONS_CONFIGS: readonly ConfigDefinition[] = [
  ...ofBroker({ none: "metrics are given as Prometheus text." }, [
    ["kafka.metrics.polling.interval.secs", "int", "10", "low", { valid: atLeast(1) }],
    ["kafka.metrics.reporters", "list", "", "low"],
    ["metric.reporters", "list", "org.apache.kafka.common.metrics.JmxReporter", "low", { update: "cluster-wide" }],
    ["metrics.num.samples", "int", "2", "low", { valid: atLeast(1) }],
    ["metrics.recording.level", "string", "INFO", "low"],
    ["metrics.sample.window.ms", "long", "30000", "low", { valid: atLeast(1) }],
  ]),
  ...ofBroker({ none: "client metrics are not collected yet." }, [["telemetry.max.bytes", "int", "1048576", "low", { valid: atLeast(1) }]]),
  ...ofBroker({ none: "quotas are not served yet." }, [
    ["client.quota.callback.class", "class", null, "low"],
    ["quota.window.num", "int", "11", "low", { valid: atLeast(1) }],
    ["quota.window.size.seconds", "int", "1", "low", { valid: atLeast(1) }],
  ]),
  ...ofBroker({ none: "values are written out; nothing is fetched from elsewhere." }, [
    ["config.providers", "list", "", "low", { update: "cluster-wide" }],
  ]),
];

// Broker configs about its identity, its addresses and its connections.
import { broker, type ConfigDefinition, ofBroker } from "../definition.js";
import { addressCounts, atLeast, oneOf } from "../valid.js";

export const NETWORK_CONFIGS: readonly ConfigDefinition[] = [
  ...ofBroker("start", [
    ["advertised.listeners", "list", null, "high", { doc: "The address that clients are told to connect to; the flag --advertise." }],
    ["broker.id", "int", "-1", "high", { doc: "An older name of node.id." }],
    ["broker.rack", "string", null, "medium", { doc: "Where the broker stands, so that clients can read nearby; the flag --rack." }],
    ["connections.max.idle.ms", "long", "600000", "medium", { doc: "How long a connection may be silent before it is closed." }],
    ["fetch.max.bytes", "int", "57671680", "medium", { valid: atLeast(1024), doc: "The largest answer to a fetch, in bytes." }],
    [
      "listeners",
      "list",
      "PLAINTEXT://:9092",
      "high",
      { update: "per-broker", doc: "The address to listen on, as PLAINTEXT://HOST:PORT; the flag --listen." },
    ],
    ["log.dir", "list", "/tmp/kafka-logs", "high", { doc: "The data directory; the flag --data." }],
    ["log.dirs", "list", null, "high", { doc: "As log.dir, and before it; only one directory is taken.", from: [broker("log.dir")] }],
    [
      "max.incremental.fetch.session.cache.slots",
      "int",
      "1000",
      "medium",
      { valid: atLeast(0), doc: "How many incremental fetch sessions are remembered." },
    ],
    ["node.id", "int", null, "high", { valid: atLeast(0), doc: "The broker's number in the cluster; the flag --node-id." }],
    [
      "socket.request.max.bytes",
      "int",
      "104857600",
      "high",
      { valid: atLeast(1), doc: "The largest request that is read, in bytes; a larger one ends its connection." },
    ],
  ]),
  ...ofBroker("live", [
    [
      "max.connections",
      "int",
      "2147483647",
      "medium",
      { valid: atLeast(0), update: "cluster-wide", doc: "How many connections are taken at most." },
    ],
    [
      "max.connections.per.ip",
      "int",
      "2147483647",
      "medium",
      { valid: atLeast(0), update: "cluster-wide", doc: "How many connections are taken from one address at most." },
    ],
    [
      "max.connections.per.ip.overrides",
      "string",
      "",
      "medium",
      { valid: addressCounts, update: "cluster-wide", doc: "As max.connections.per.ip, for single addresses, as ADDRESS:COUNT,…" },
    ],
  ]),
  ...ofBroker({ none: "requests under way are bounded by memory, and one after another on each connection." }, [
    ["queued.max.requests", "int", "500", "high", { valid: atLeast(1) }],
  ]),
  ...ofBroker({ none: "one event loop serves all connections, and its waits end by event." }, [
    ["background.threads", "int", "10", "high", { valid: atLeast(1), update: "cluster-wide" }],
    ["connection.failed.authentication.delay.ms", "int", "100", "low", { valid: atLeast(0) }],
    ["max.connection.creation.rate", "int", "2147483647", "medium", { valid: atLeast(0), update: "cluster-wide" }],
    ["num.io.threads", "int", "8", "high", { valid: atLeast(1), update: "cluster-wide" }],
    ["num.network.threads", "int", "3", "high", { valid: atLeast(1), update: "cluster-wide" }],
    ["queued.max.request.bytes", "long", "-1", "medium"],
    ["request.timeout.ms", "int", "30000", "high"],
    ["delete.records.purgatory.purge.interval.requests", "int", "1", "medium"],
    ["fetch.purgatory.purge.interval.requests", "int", "1000", "medium"],
    ["producer.purgatory.purge.interval.requests", "int", "1000", "medium"],
    ["share.fetch.purgatory.purge.interval.requests", "int", "1000", "medium"],
  ]),
  ...ofBroker({ none: "the kernel's sizes are used." }, [
    ["socket.connection.setup.timeout.max.ms", "long", "30000", "medium"],
    ["socket.connection.setup.timeout.ms", "long", "10000", "medium"],
    ["socket.listen.backlog.size", "int", "50", "medium", { valid: atLeast(1) }],
    ["socket.receive.buffer.bytes", "int", "102400", "high"],
    ["socket.send.buffer.bytes", "int", "102400", "high"],
  ]),
  ...ofBroker({ none: "there is one listener, without encryption, so far." }, [
    ["early.start.listeners", "list", null, "high"],
    ["inter.broker.listener.name", "string", null, "medium"],
    [
      "listener.security.protocol.map",
      "string",
      "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
      "low",
      { update: "per-broker" },
    ],
    ["security.inter.broker.protocol", "string", "PLAINTEXT", "medium", { valid: oneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL") }],
  ]),
];

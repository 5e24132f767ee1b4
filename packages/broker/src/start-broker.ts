// Starts a broker: opens the data directory, reads the metadata, replays the journal, then listens. Everything a broker consists of is
// put together here and nowhere else.
import type { Clock, Disk, HostFigures, ListenAddress, Network, Random, Timers } from "@moldau/env";
import { brokerConfig, effectiveTopicConfig, type LocalBroker, openMetadata } from "@moldau/metadata";
import type { TopicId } from "@moldau/std";
import { type DirectoryLimits, type Medium, openDirectory } from "@moldau/storage";
import { dispatcher } from "./dispatch.js";
import { answerMemory } from "./fetching/answer-memory.js";
import { fetchSessions } from "./fetching/sessions.js";
import { handlerTable } from "./handlers/table.js";
import type { Logger } from "./logger.js";
import { registerBrokerMetrics } from "./metrics/broker-metrics.js";
import { metricsRegistry } from "./metrics/registry.js";
import { requestMetrics } from "./metrics/request-metrics.js";
import { accept } from "./network/acceptor.js";
import type { RequestHandler } from "./network/connection.js";
import { frameMemory } from "./network/frame-memory.js";
import { leadPartitions } from "./partitions/partitions.js";
import { producerIds } from "./partitions/producer-ids.js";
import { ensureCluster, registerBroker } from "./registration.js";
import type { Services } from "./services.js";
import { logStorage } from "./storage-log.js";
import { topicCreation } from "./topics/creation.js";
import { deleteLogsOfDeletedTopics } from "./topics/deletion.js";

export interface BrokerOptions {
  readonly disk: Disk;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly log: Logger;
  readonly listen: ListenAddress;
  /** What clients are told to connect to; the address listened on unless given. */
  readonly advertise?: ListenAddress;
  readonly dataDirectory: string;
  /** Where catalog and segments lie. */
  readonly medium: Medium;
  readonly nodeId: number;
  readonly rack?: string;
  /** Kafka's configuration names and values, as from server.properties. */
  readonly properties: ReadonlyMap<string, string>;
  /** Bounds of storage other than the defaults. */
  readonly limits?: Partial<DirectoryLimits>;
  /** How the process fares, for metrics. */
  readonly host?: () => HostFigures;
  /** An invariant is broken: the broker must end before it acknowledges something false. */
  readonly fatal: (error: Error) => void;
}

export interface RunningBroker {
  readonly host: string;
  readonly port: number;
  readonly clusterId: string;
  /** Prometheus text. */
  metrics(): string;
  health(): { readonly status: "ok" | "stopping" };
  /** Lets requests under way finish for `drainMs` at most, makes everything durable and closes. Idempotent. */
  stop(options?: { readonly drainMs?: number }): Promise<void>;
}

const DRAIN_MS = 5_000;
/** Memory for requests being received, beyond which connections wait. */
const FRAME_MEMORY_BYTES = 128 * 1024 * 1024;
/** Records on their way to clients, beyond which fetches find nothing. */
const ANSWER_MEMORY_BYTES = 128 * 1024 * 1024;

/** What was given as options is configuration too, for those who ask for it. */
function staticProperties({ properties, nodeId, listen, advertise, rack, dataDirectory }: BrokerOptions): ReadonlyMap<string, string> {
  const url = ({ host, port }: ListenAddress) => `PLAINTEXT://${host}:${port}`;
  const given: [string, string | undefined][] = [
    ["node.id", String(nodeId)],
    ["listeners", url(listen)],
    ["broker.id", String(nodeId)],
    ["advertised.listeners", url(advertise ?? listen)],
    ["broker.rack", rack],
    ["log.dirs", dataDirectory],
  ];
  return new Map([...properties, ...given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))]);
}

export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const { clock, timers, random, log, disk } = options;
  const directory = await openDirectory({
    disk,
    clock,
    timers,
    random,
    directory: options.dataDirectory,
    brokerId: options.nodeId,
    ...options.medium,
  });
  const { clusterLog } = directory;
  const metadata = await openMetadata({
    clusterLog,
    timers,
    snapshotFailed: (error) => log.warn({ error }, "no snapshot of the metadata could be written"),
  });
  const isLive = (id: TopicId) => metadata.image.topicById(id) !== undefined;
  const store = await directory.openStore({
    isLive,
    report: (event) => logStorage(log, event),
    ...(options.limits && { limits: options.limits }),
  });

  const local: LocalBroker = { nodeId: options.nodeId, properties: staticProperties(options) };
  const config = () => brokerConfig(local, metadata.image);
  const registry = metricsRegistry();
  const partitions = leadPartitions(store, clock);
  const sessions = fetchSessions(clock, random, () => config().fetchSessionSlots);
  const memory = frameMemory(FRAME_MEMORY_BYTES);
  const answers = answerMemory(ANSWER_MEMORY_BYTES);
  let stopping: Promise<void> | undefined;
  await ensureCluster(metadata, random);

  // The system may pick the port, which is to be advertised: so we listen first. Requests wait until the broker is registered.
  let serveRequests: (handle: RequestHandler) => void = () => {};
  const serving = new Promise<RequestHandler>((resolve) => {
    serveRequests = resolve;
  });
  const acceptor = await accept(options.listen, {
    network: options.network,
    clock,
    timers,
    memory,
    limits: () => config().connectionLimits,
    handle: async (frame, link) => (await serving)(frame, link),
    complain: (peer, reason) => log.warn({ peer, reason }, "connection closed"),
  });
  registerBrokerMetrics(registry, {
    storage: () => store.stats(),
    host: options.host,
    connections: acceptor.connectionCount,
    requestMemoryBytes: memory.heldBytes,
    answerMemoryBytes: answers.heldBytes,
    topics: () => metadata.image.topicCount,
    partitions: () => metadata.image.partitionCount,
    openPartitions: partitions.openCount,
    fetchSessions: sessions.count,
  });
  const advertised = options.advertise ?? { host: acceptor.host, port: acceptor.port };
  await registerBroker(metadata, random, { nodeId: options.nodeId, ...advertised, rack: options.rack ?? null });

  const services: Services = {
    self: { nodeId: options.nodeId, clusterId: metadata.image.clusterId, ...advertised, rack: options.rack ?? null },
    clock,
    timers,
    random,
    log,
    metadata,
    config,
    local,
    topicConfig: (topic) => effectiveTopicConfig(metadata.image, topic, local),
    partitions,
    sessions,
    answers,
    producerIds: producerIds(metadata),
    topics: topicCreation(metadata, random, config),
    served: [...handlerTable.values()].map(({ api }) => ({
      apiKey: api.key,
      minVersion: api.stableVersions.min,
      maxVersion: api.stableVersions.max,
    })),
    storage: { directory: options.dataDirectory, space: () => disk.space(options.dataDirectory) },
    stopping: () => stopping !== undefined,
  };
  serveRequests(dispatcher(handlerTable, services, requestMetrics(registry), options.fatal));
  deleteLogsOfDeletedTopics(metadata, partitions, log);

  const stop = async (drainMs: number) => {
    partitions.wakeAll();
    await acceptor.close(drainMs);
    await metadata.close();
    await store.close();
    await directory.close();
  };
  return {
    host: advertised.host,
    port: acceptor.port,
    clusterId: metadata.image.clusterId,
    metrics: () => registry.text(),
    health: () => ({ status: stopping ? "stopping" : "ok" }),
    stop({ drainMs = DRAIN_MS } = {}) {
      stopping ??= stop(drainMs);
      return stopping;
    },
  };
}

// Starts a broker: opens its data, then listens. Everything a broker consists of is put together here and nowhere else.
import type { ListenAddress } from "@moldau/env";
import { brokerConfig, cleanerConfig, effectiveTopicConfig, type TopicImage } from "@moldau/metadata";
import { type BrokerData, openBrokerData } from "./broker-data.js";
import { type BrokerOptions, localBroker } from "./broker-options.js";
import { compactionOf } from "./compaction/compaction.js";
import { dispatcher } from "./dispatch.js";
import { answerMemory } from "./fetching/answer-memory.js";
import { fetchSessions } from "./fetching/sessions.js";
import { groupsOf } from "./groups/groups.js";
import { handlerTable, servedApis } from "./handlers/table.js";
import { registerBrokerMetrics } from "./metrics/broker-metrics.js";
import { registerCompactionMetrics } from "./metrics/compaction-metrics.js";
import { registerGroupMetrics } from "./metrics/group-metrics.js";
import { metricsRegistry } from "./metrics/registry.js";
import { requestMetrics } from "./metrics/request-metrics.js";
import { registerRetentionMetrics } from "./metrics/retention-metrics.js";
import { registerTransactionMetrics } from "./metrics/transaction-metrics.js";
import { accept } from "./network/acceptor.js";
import type { RequestHandler } from "./network/connection.js";
import { frameMemory } from "./network/frame-memory.js";
import { leadPartitions } from "./partitions/partitions.js";
import { producerExpiry } from "./partitions/producer-expiry.js";
import { producerIds } from "./partitions/producer-ids.js";
import { ensureCluster, registerBroker } from "./registration.js";
import { retentionOf } from "./retention/retention.js";
import type { Services } from "./services.js";
import { topicCreation } from "./topics/creation.js";
import { deleteLogs, followDeletions } from "./topics/deletion.js";
import { endingAtOnce, endingInPartitions } from "./transactions/end-in-partition.js";
import { transactionsOf } from "./transactions/transactions.js";

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

export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const data = await openBrokerData(options);
  try {
    return await serve(options, data);
  } catch (error) {
    await data.close();
    throw error;
  }
}

async function serve(options: BrokerOptions, data: BrokerData): Promise<RunningBroker> {
  const { random, log } = options;
  const { metadata } = data;
  const registry = metricsRegistry();
  let stopping: Promise<void> | undefined;
  const services = makeServices(options, data, () => stopping !== undefined);
  const memory = frameMemory(FRAME_MEMORY_BYTES);
  await ensureCluster(metadata, random);

  // The system may pick the port, which is to be advertised: so we listen first. Requests wait until the broker is registered.
  let begin: (handle: RequestHandler) => void = () => {};
  const begun = new Promise<RequestHandler>((resolve) => {
    begin = resolve;
  });
  const acceptor = await accept(options.listen, {
    network: options.network,
    clock: options.clock,
    timers: options.timers,
    memory,
    limits: () => services.config().connectionLimits,
    handle: async (frame, link) => (await begun)(frame, link),
    complain: (peer, reason) => log.warn({ peer, reason }, "connection closed"),
  });
  registerBrokerMetrics(registry, {
    storage: () => data.store.stats(),
    host: options.host,
    connections: acceptor.connectionCount,
    requestMemoryBytes: memory.heldBytes,
    answerMemoryBytes: services.answers.heldBytes,
    topics: () => metadata.image.topicCount,
    partitions: () => metadata.image.partitionCount,
    openPartitions: services.partitions.openCount,
    fetchSessions: services.sessions.count,
  });
  registerGroupMetrics(registry, services.groups);
  registerTransactionMetrics(registry, services.transactions);
  const self = identity(options, acceptor);
  await registerBroker(metadata, random, self);
  const { clusterId } = metadata.image;
  begin(dispatcher(handlerTable, { ...services, self: { ...self, clusterId } }, requestMetrics(registry), options.fatal));
  followDeletions(metadata, (topics) => {
    deleteLogs(topics, services.partitions, log, options.fatal);
    services.groups.topicsDeleted(topics);
    services.transactions.topicsDeleted(topics);
  });
  services.groups.warm();
  services.transactions.warm();
  const { topicConfig, config, clock, timers, partitions } = services;
  const life = { metadata, partitions, topicConfig, clock, timers, log, fatal: options.fatal };
  const retention = retentionOf({ ...life, checkIntervalMs: () => config().retentionCheckIntervalMs });
  registerRetentionMetrics(registry, retention.stats);
  const compaction = compactionOf({ ...life, config: () => cleanerConfig(services.local, metadata.image) });
  registerCompactionMetrics(registry, compaction.stats);
  const expirationMs = () => config().producerIdExpirationMs;
  const expiry = producerExpiry({ partitions, expirationMs, timers, log, fatal: options.fatal });

  const stop = async (drainMs: number) => {
    services.partitions.wakeAll();
    // What is decided becomes durable while connections are drained; who waits for a group is told to look for it again.
    void services.groups.close();
    void services.transactions.close();
    const ended = Promise.all([retention.close(), compaction.close(), expiry.close()]);
    await acceptor.close(drainMs);
    await ended;
    await data.close();
  };
  return {
    host: self.host,
    port: acceptor.port,
    clusterId,
    metrics: () => registry.text(),
    health: () => ({ status: stopping ? "stopping" : "ok" }),
    stop({ drainMs = DRAIN_MS } = {}) {
      stopping ??= stop(drainMs);
      return stopping;
    },
  };
}

/** Who this broker is to clients. */
function identity({ nodeId, rack, advertise }: BrokerOptions, listening: ListenAddress) {
  const { host, port } = advertise ?? listening;
  return { nodeId, host, port, rack: rack ?? null };
}

function makeServices(options: BrokerOptions, { metadata, store }: BrokerData, stopping: () => boolean): Omit<Services, "self"> {
  const { clock, timers, random, log, disk, dataDirectory } = options;
  const local = localBroker(options);
  const config = () => brokerConfig(local, metadata.image);
  const topicConfig = (topic: TopicImage) => effectiveTopicConfig(metadata.image, topic, local);
  const partitions = leadPartitions(store, clock);
  const topics = topicCreation(metadata, random, config);
  const { fatal } = options;
  const ids = producerIds(metadata);
  const shared = { metadata, partitions, topics, topicConfig, local, clock, timers, log, fatal };
  const groups = groupsOf({ ...shared, random });
  const endInPartition = endingInPartitions({ metadata, partitions, clock, endOffsets: groups.transactionEnded });
  const endAtOnce = endingAtOnce({ metadata, partitions, clock });
  return {
    clock,
    timers,
    random,
    log,
    metadata,
    config,
    local,
    topicConfig,
    partitions,
    sessions: fetchSessions(clock, random, () => config().fetchSessionSlots),
    answers: answerMemory(ANSWER_MEMORY_BYTES),
    producerIds: ids,
    topics,
    groups,
    transactions: transactionsOf({ ...shared, producerIds: ids, endIn: endInPartition, endAtOnce }),
    endInPartition,
    served: servedApis,
    storage: { directory: dataDirectory, space: () => disk.space(dataDirectory) },
    stopping,
  };
}

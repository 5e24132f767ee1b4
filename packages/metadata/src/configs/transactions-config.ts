// What transactions are coordinated by: effective values, typed.
import { assert } from "@moldau/std";
import type { ClusterImage } from "../cluster/image.js";
import { brokerConfigs } from "./definitions.js";
import { brokerLayers, type LocalBroker } from "./layers.js";
import { typedReader } from "./typed.js";

export interface TransactionsConfig {
  readonly transactionMaxTimeoutMs: number;
  readonly transactionalIdExpirationMs: number;
  readonly transactionRemoveExpiredTransactionCleanupIntervalMs: number;
  readonly transactionTwoPhaseCommitEnable: boolean;
  readonly transactionPartitionVerificationEnable: boolean;
  readonly addPartitionsToTxnRetryBackoffMaxMs: number;
}

/** How __transaction_state is created. */
export interface TransactionsTopicConfig {
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly segmentBytes: number;
}

interface Cached {
  readonly brokerConfigsVersion: number;
  readonly image: ClusterImage;
  readonly config: TransactionsConfig;
}

const cache = new WeakMap<LocalBroker, Cached>();

/** The broker's settings for transactions. Cheap when asked again. */
export function transactionsConfig(local: LocalBroker, image: ClusterImage): TransactionsConfig {
  const cached = cache.get(local);
  if (cached && cached.image === image && cached.brokerConfigsVersion === image.brokerConfigsVersion) return cached.config;
  const reader = readerOf(local, image);
  const config = {
    transactionMaxTimeoutMs: reader.number("transaction.max.timeout.ms"),
    transactionalIdExpirationMs: reader.number("transactional.id.expiration.ms"),
    transactionRemoveExpiredTransactionCleanupIntervalMs: reader.number("transaction.remove.expired.transaction.cleanup.interval.ms"),
    transactionTwoPhaseCommitEnable: reader.boolean("transaction.two.phase.commit.enable"),
    transactionPartitionVerificationEnable: reader.boolean("transaction.partition.verification.enable"),
    addPartitionsToTxnRetryBackoffMaxMs: reader.number("add.partitions.to.txn.retry.backoff.max.ms"),
  };
  cache.set(local, { brokerConfigsVersion: image.brokerConfigsVersion, image, config });
  return config;
}

export function transactionsTopicConfig(local: LocalBroker, image: ClusterImage): TransactionsTopicConfig {
  const reader = readerOf(local, image);
  return {
    partitionCount: reader.number("transaction.state.log.num.partitions"),
    replicationFactor: reader.number("transaction.state.log.replication.factor"),
    segmentBytes: reader.number("transaction.state.log.segment.bytes"),
  };
}

const readerOf = (local: LocalBroker, image: ClusterImage) =>
  typedReader(brokerConfigs, (name) => {
    const definition = brokerConfigs.get(name);
    assert(definition, `there is no broker config ${name}`);
    return brokerLayers(definition, image, local);
  });

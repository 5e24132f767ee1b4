// What transactions are coordinated by: effective values, typed.
import type { ClusterImage } from "../cluster/image.js";
import { brokerReader, brokerSettings } from "./broker-settings.js";
import type { LocalBroker } from "./layers.js";
import type { TypedReader } from "./typed.js";

export type TransactionsConfig = Readonly<ReturnType<typeof read>>;

/** How __transaction_state is created. */
export interface TransactionsTopicConfig {
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly segmentBytes: number;
}

/** The broker's settings for transactions. Cheap when asked again. */
export const transactionsConfig = brokerSettings(read);

function read(reader: TypedReader) {
  return {
    transactionMaxTimeoutMs: reader.number("transaction.max.timeout.ms"),
    transactionalIdExpirationMs: reader.number("transactional.id.expiration.ms"),
    transactionRemoveExpiredTransactionCleanupIntervalMs: reader.number("transaction.remove.expired.transaction.cleanup.interval.ms"),
    transactionTwoPhaseCommitEnable: reader.boolean("transaction.two.phase.commit.enable"),
    transactionPartitionVerificationEnable: reader.boolean("transaction.partition.verification.enable"),
    addPartitionsToTxnRetryBackoffMaxMs: reader.number("add.partitions.to.txn.retry.backoff.max.ms"),
  };
}

export function transactionsTopicConfig(local: LocalBroker, image: ClusterImage): TransactionsTopicConfig {
  const reader = brokerReader(local, image);
  return {
    partitionCount: reader.number("transaction.state.log.num.partitions"),
    replicationFactor: reader.number("transaction.state.log.replication.factor"),
    segmentBytes: reader.number("transaction.state.log.segment.bytes"),
  };
}

// What a transactional producer asks its coordinator, each until there is an answer that decides: an id, partitions and groups to be
// part of the transaction (before transaction.version 2), and its end (KIP-98, KIP-890).
import { AddOffsetsToTxn, AddPartitionsToTxn, type Api, EndTxn, errors, InitProducerId, type ResponseOf } from "@moldau/protocol";
import type { Cluster } from "../../cluster/cluster.js";
import type { Asking } from "../../connection/broker-connection.js";
import { type ClientError, errorOf } from "../../errors.js";
import type { Identity } from "../numbering.js";
import type { ProducerSettings } from "../options.js";

/** By transaction.version: 1 registers partitions before they are written to, 2 does so by writing, and each transaction has an epoch. */
export type TransactionVersion = 1 | 2;

export interface TransactionCoordinator {
  /** What the cluster has agreed on. */
  version(): Promise<TransactionVersion>;
  /** The producer's id, with an epoch that fences all before it. With `current`, the next epoch after that one, if there is none newer. */
  init(current?: Identity): Promise<Identity>;
  addPartitions(identity: Identity, partitions: readonly PartitionName[]): Promise<void>;
  addGroup(identity: Identity, groupId: string): Promise<void>;
  /** The identity to go on with. */
  end(identity: Identity, version: TransactionVersion, committed: boolean): Promise<Identity>;
}

export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

const FEATURE = "transaction.version";
/** The first versions of EndTxn that answer with an epoch, and of InitProducerId that take one (KIP-360). */
const END_BY_EPOCH = 5;
const INIT_BY_EPOCH = 3;
/** The last version of AddPartitionsToTxn that clients speak. */
const ADD_PARTITIONS_MAX = 3;
/** InitProducerId v6 is for two-phase commit, which is not final (KIP-939). */
const INIT_MAX = 5;

/** The answer says that another broker coordinates, or none does yet. */
const ELSEWHERE: ReadonlySet<string> = new Set(["NOT_COORDINATOR", "COORDINATOR_NOT_AVAILABLE"]);

/** Forgets who coordinates when the answer says so. */
export function coordinatorError(cluster: Cluster, kind: "group" | "transaction", key: string, errorCode: number): ClientError | undefined {
  const error = errorOf(errorCode);
  if (error && ELSEWHERE.has(error.code)) cluster.coordinators.forget(kind, key);
  return error;
}

export function transactionCoordinator(cluster: Cluster, settings: ProducerSettings, transactionalId: string): TransactionCoordinator {
  const { transactionTimeoutMs, deliveryTimeoutMs: withinMs } = settings;
  const ask = <A extends Api>(
    api: A,
    asking: Asking<A>,
    errorIn: (answer: ResponseOf<A>) => number,
    maxVersion?: number,
  ): Promise<ResponseOf<A>> =>
    cluster.retrying({ withinMs }, async () => {
      const answer = await cluster.askCoordinator("transaction", transactionalId, api, asking, { maxVersion });
      const error = coordinatorError(cluster, "transaction", transactionalId, errorIn(answer));
      if (error) throw error;
      return answer;
    });

  return {
    version: () =>
      cluster.retrying({ withinMs }, async () => {
        const nodeId = await cluster.coordinators.find("transaction", transactionalId);
        const connection = await cluster.connection(nodeId, "coordinator").catch((error) => {
          cluster.coordinators.forget("transaction", transactionalId);
          throw error;
        });
        const level = connection.features.get(FEATURE) ?? 0;
        return level >= 2 && (connection.version(EndTxn) ?? 0) >= END_BY_EPOCH ? 2 : 1;
      }),
    async init(current) {
      const asking: Asking<typeof InitProducerId> = (version) => ({
        transactionalId,
        transactionTimeoutMs,
        ...(current && version >= INIT_BY_EPOCH && current),
      });
      const { producerId, producerEpoch } = await ask(InitProducerId, asking, ({ errorCode }) => errorCode, INIT_MAX);
      return { producerId, producerEpoch };
    },
    async addPartitions({ producerId, producerEpoch }, partitions) {
      const topics = new Map<string, number[]>();
      for (const { topic, partition } of partitions) topics.set(topic, [...(topics.get(topic) ?? []), partition]);
      const request = {
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: Array.from(topics, ([name, indexes]) => ({ name, partitions: indexes })),
      };
      await ask(AddPartitionsToTxn, request, firstFailure, ADD_PARTITIONS_MAX);
    },
    async addGroup(identity, groupId) {
      await ask(AddOffsetsToTxn, { transactionalId, ...identity, groupId }, ({ errorCode }) => errorCode);
    },
    async end(identity, version, committed) {
      const maxVersion = version === 2 ? undefined : END_BY_EPOCH - 1;
      const answer = await ask(EndTxn, { transactionalId, ...identity, committed }, ({ errorCode }) => errorCode, maxVersion);
      return version === 2 ? { producerId: answer.producerId, producerEpoch: answer.producerEpoch } : identity;
    },
  };
}

/** Partitions beside the one that is at fault are answered with OPERATION_NOT_ATTEMPTED: that one tells more. */
function firstFailure({ resultsByTopicV3AndBelow }: ResponseOf<typeof AddPartitionsToTxn>): number {
  const codes = resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) => resultsByPartition.map((one) => one.partitionErrorCode));
  const failed = codes.filter((code) => code !== errors.NONE.code);
  return failed.find((code) => code !== errors.OPERATION_NOT_ATTEMPTED.code) ?? failed[0] ?? errors.NONE.code;
}

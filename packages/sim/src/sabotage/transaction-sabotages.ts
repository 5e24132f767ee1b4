// Sabotages of transactions, between the clients and the broker: each breaks one promise that the broker makes them.
import {
  AddPartitionsToTxn,
  type Api,
  EndTxn,
  Fetch,
  OffsetCommit,
  type RequestInput,
  type RequestOf,
  type ResponseOf,
  TxnOffsetCommit,
} from "@moldau/protocol";
import { batchAttributes, batches } from "@moldau/records";
import type { Reconnecting } from "../clients/reconnecting.js";
import type { Sabotage } from "./sabotage.js";

/** `ask` asks the broker; what this gives is what the client is told. Undefined: the broker is asked as if nothing were. */
type Intercept = (ask: Reconnecting["request"], api: Api, version: number, request: never) => Promise<unknown> | undefined;

const between =
  (intercept: Intercept) =>
  (client: Reconnecting): Reconnecting => {
    const request: Reconnecting["request"] = <A extends Api>(api: A, version: number, asked: RequestInput<A>) =>
      (intercept(client.request, api, version, asked as never) as Promise<ResponseOf<A>> | undefined) ??
      client.request(api, version, asked);
    return { ...client, request };
  };

type Fetched = ResponseOf<typeof Fetch>;
type FetchedPartition = Fetched["responses"][number]["partitions"][number];

/** Changes what readers of what is committed are given. */
const committedAnswers = (change: (partition: FetchedPartition) => FetchedPartition) =>
  between((ask, api, version, request: RequestInput<typeof Fetch>) => {
    if (api !== Fetch || request.isolationLevel !== 1) return undefined;
    return ask(Fetch, version, request).then((answer) => ({
      ...answer,
      responses: answer.responses.map((topic) => ({ ...topic, partitions: topic.partitions.map(change) })),
    }));
  });

const CONTROL_BIT = 0x20;

function withoutMarkers(bytes: Uint8Array): Uint8Array {
  const found = [...batches(bytes)];
  const kept = found.flatMap((at, i) =>
    (batchAttributes(bytes, at) & CONTROL_BIT) !== 0 ? [] : [bytes.subarray(at, found[i + 1] ?? bytes.length)],
  );
  return Buffer.concat(kept);
}

export const transactionSabotages = {
  /** Of the aborted transactions that a fetch tells, one is left out. */
  "an aborted transaction that is not told": {
    client: committedAnswers((partition) => ({ ...partition, abortedTransactions: partition.abortedTransactions?.slice(1) ?? null })),
  },
  /** Readers of what is committed are given what is not decided. */
  "a last stable offset that lies too far": {
    client: between((ask, api, version, request: RequestInput<typeof Fetch>) =>
      api === Fetch && request.isolationLevel === 1
        ? ask(Fetch, version, { ...request, isolationLevel: 0 }).then((answer) => ({
            ...answer,
            responses: answer.responses.map((topic) => ({
              ...topic,
              partitions: topic.partitions.map((partition) => ({ ...partition, lastStableOffset: partition.highWatermark })),
            })),
          }))
        : undefined,
    ),
  },
  /** Markers do not reach the readers: what a producer commits after an abort is hidden with what it aborted. */
  "markers that are lost": {
    client: committedAnswers((partition) => ({ ...partition, records: partition.records && withoutMarkers(partition.records) })),
  },
  /** A partition is written to that its transaction does not know of: nobody will ever end it there. */
  "a partition that is forgotten": {
    properties: new Map([["transaction.partition.verification.enable", "false"]]),
    client(client) {
      let isBegun = false;
      const forgetting = between((ask, api, version, request: RequestOf<typeof AddPartitionsToTxn>) => {
        if (api === EndTxn) isBegun = false;
        const [topic] = request.v3AndBelowTopics ?? [];
        if (api !== AddPartitionsToTxn || !topic) return undefined;
        if (!isBegun) {
          return ask(AddPartitionsToTxn, version, request).then((answer) => {
            isBegun = answer.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode === 0;
            return answer;
          });
        }
        const resultsByPartition = topic.partitions.map((partitionIndex) => ({ partitionIndex, partitionErrorCode: 0 }));
        const resultsByTopicV3AndBelow = [{ name: topic.name, resultsByPartition }];
        return Promise.resolve({ throttleTimeMs: 0, errorCode: 0, resultsByTransaction: [], resultsByTopicV3AndBelow });
      });
      return forgetting(client);
    },
  },
  /** Each life has a transactional id of its own, so none fences another. */
  "zombies that are not fenced": {
    client(client) {
      const suffix = `~${client.time.eventCount()}`;
      const named = between((ask, api, version, request: Record<string, unknown>) => {
        const id = request.transactionalId ?? request.v3AndBelowTransactionalId;
        if (typeof id !== "string") return undefined;
        const key = "transactionalId" in request ? "transactionalId" : "v3AndBelowTransactionalId";
        return ask(api, version, { ...request, [key]: id + suffix } as never);
      });
      return named(client);
    },
  },
  /** What was to be committed is aborted, and the client told that it is done. */
  "commits that abort": {
    client: between((ask, api, version, request: RequestInput<typeof EndTxn>) =>
      api === EndTxn && request.committed ? ask(EndTxn, version, { ...request, committed: false }) : undefined,
    ),
  },
  /** How far a group has read is no part of the transaction. */
  "offsets that count at once": {
    client: between((ask, api, _version, request: RequestInput<typeof TxnOffsetCommit>) => {
      if (api !== TxnOffsetCommit) return undefined;
      const { groupId, topics } = request;
      return ask(OffsetCommit, 9, { groupId, generationIdOrMemberEpoch: -1, memberId: "", groupInstanceId: null, topics });
    }),
  },
} as const satisfies Record<string, Sabotage>;

// TxnOffsetCommit (28): stores how far a group has read, as part of a transaction (KIP-98).
import { type ErrorName, type RequestOf, TxnOffsetCommit } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { askCoordinator } from "../groups/ask.js";
import { checkTopics, merged, refusedAll } from "../groups/named-partitions.js";
import { verifyOffsets } from "../groups/verify-offsets.js";
import { type Context, handler } from "../handler.js";

/** Clients before this version do not expect that groups are being loaded. */
const KNOWS_LOADING = 2;

type Request = RequestOf<typeof TxnOffsetCommit>;

export const txnOffsetCommit = handler(TxnOffsetCommit, async (request, context) => {
  const topics = request.topics.map((topic) => ({ ...topic, topicId: ZERO_UUID }));
  const { known, unknown } = checkTopics(context.services, topics, false);
  context.releaseRequest();
  if (known.length === 0) return { throttleTimeMs: 0, topics: unknown };
  const answer = await commit({ ...request, topics: known }, context);
  const answered = typeof answer === "string" ? refusedAll(known, understood(answer, context)) : answer.topics;
  return { throttleTimeMs: 0, topics: merged(unknown, answered) };
});

async function commit(request: Request, context: Context) {
  const { groups } = context.services;
  if (request.groupId === "") return "INVALID_GROUP_ID";
  const coordinator = await groups.coordinatorOf(request.groupId);
  if (!coordinator) return "COORDINATOR_NOT_AVAILABLE";
  const { partition } = coordinator;
  const { producerId, producerEpoch } = request;
  const watch = groups.transactions.watch(partition, producerId);
  try {
    if (!groups.transactions.isOpen(partition, { id: producerId, epoch: producerEpoch })) {
      const refusal = await verifyOffsets(request, partition, context);
      if (refusal) return refusal;
      if (watch.isOver) return "INVALID_TXN_STATE";
    }
    const answering = askCoordinator(context, coordinator, "transactionalOffsetCommit", request);
    // It is decided in its turn: the connection's next request need not wait for the disk.
    context.proceed();
    return answering;
  } finally {
    watch.stop();
  }
}

const understood = (error: ErrorName, { version }: Context): ErrorName =>
  error === "COORDINATOR_LOAD_IN_PROGRESS" && version < KNOWS_LOADING ? "COORDINATOR_NOT_AVAILABLE" : error;

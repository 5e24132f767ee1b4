// How offsets are committed, fetched, deleted, and how they expire.
import type { Deciders } from "../decider.js";
import { commitOffsets, commitTransactionalOffsets } from "./commit.js";
import { deleteOffsets } from "./delete.js";
import { fetchOffsets } from "./fetch.js";
import { expireOffsets } from "./retention.js";
import { forgetTopics } from "./topics-deleted.js";
import { endTransaction } from "./transaction-ended.js";

export const offsetsDeciders = {
  offsetCommit: commitOffsets,
  transactionalOffsetCommit: commitTransactionalOffsets,
  transactionEnded: endTransaction,
  offsetFetch: fetchOffsets,
  offsetDelete: deleteOffsets,
  offsetsRetentionDue: expireOffsets,
  topicsDeleted: forgetTopics,
} satisfies Partial<Deciders>;

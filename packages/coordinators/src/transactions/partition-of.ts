// Which partition of __transaction_state a transactional id lies on: Kafka's hash, as for groups.
export { groupPartition as transactionPartition } from "../groups/partition-of.js";

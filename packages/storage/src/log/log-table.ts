// The logs of a store by topic and partition index: those that are open, and those that replay has found.
import { assert, type PartitionId, type TopicId } from "@moldau/std";
import type { LogShared } from "./partition-log.js";
import { PartitionLog } from "./partition-log.js";

export interface LogTable {
  find(partition: PartitionId): PartitionLog | undefined;
  findOrAdd(partition: PartitionId): PartitionLog;
  /** Takes out all logs of a topic. */
  remove(topic: TopicId): readonly PartitionLog[];
  /** Takes out a log that nobody owns and that has no rows: the catalog knows all of it. */
  forgetIdle(log: PartitionLog): void;
  readonly count: number;
}

export function logTable(shared: LogShared): LogTable {
  const topics = new Map<TopicId, Map<number, PartitionLog>>();
  let count = 0;
  return {
    find: ({ topicId, index }) => topics.get(topicId)?.get(index),
    findOrAdd(partition) {
      let logs = topics.get(partition.topicId);
      if (!logs) {
        logs = new Map();
        topics.set(partition.topicId, logs);
      }
      const known = logs.get(partition.index);
      if (known) return known;
      const log = new PartitionLog(partition, shared);
      logs.set(partition.index, log);
      count++;
      return log;
    },
    remove(topic) {
      const logs = [...(topics.get(topic)?.values() ?? [])];
      topics.delete(topic);
      count -= logs.length;
      assert(count >= 0, "logs are removed once");
      return logs;
    },
    forgetIdle(log) {
      const { topicId, index } = log.partition;
      const logs = topics.get(topicId);
      if (log.owner || log.tail.length > 0 || logs?.get(index) !== log) return;
      logs.delete(index);
      if (logs.size === 0) topics.delete(topicId);
      count--;
    },
    get count() {
      return count;
    },
  };
}

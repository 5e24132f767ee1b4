// The uniform assignor: loads as even as subscriptions allow first, as few moves as that takes second. Members keep what they
// have, the rest goes to those with the least, and only then is moved what balance still asks for.
import type { TopicId } from "@moldau/std";
import type { Assignment, Assignor } from "./assignor.js";
import { balance } from "./balance.js";
import { handOut } from "./hand-out.js";
import { type Holdings, holdings } from "./holdings.js";
import { type PartitionTable, partitionTable } from "./partition-table.js";
import { type Subscribers, subscribers } from "./subscribers.js";
import { unlessSame } from "./unchanged.js";

export const uniformAssignor: Assignor = {
  name: "uniform",
  assign(input) {
    const all = subscribers(input);
    const table = partitionTable(all.pools);
    const owned = holdings(all.members.length, table.size);
    keep(all, table, owned);
    handOut(all, table, owned);
    balance(all, owned);
    return new Map<string, Assignment>(
      all.members.map((member, index) => [member.memberId, unlessSame(member.assigned, byTopic(owned.partitionsOf(index), table))]),
    );
  },
};

/** Members keep what they have of topics that they still subscribe to. */
function keep({ members }: Subscribers, table: PartitionTable, owned: Holdings): void {
  for (const [index, { assigned, topicIds }] of members.entries()) {
    for (const [topicId, partitions] of assigned) {
      const { topic, pool, first } = table.topics[table.positions.get(topicId) ?? -1] ?? {};
      if (!topic || pool === undefined || first === undefined || !topicIds.has(topicId)) continue;
      for (const partition of partitions) if (partition < topic.partitionCount) owned.keep(index, pool, first + partition);
    }
  }
}

function byTopic(partitions: Int32Array, table: PartitionTable): Assignment {
  const result = new Map<TopicId, number[]>();
  for (const partition of partitions) {
    const entry = table.topics[table.topicOf[partition] ?? 0];
    if (!entry) continue;
    const list = result.get(entry.topic.topicId);
    if (list) list.push(partition - entry.first);
    else result.set(entry.topic.topicId, [partition - entry.first]);
  }
  return result;
}

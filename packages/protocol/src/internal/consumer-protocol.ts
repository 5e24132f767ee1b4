// What consumers of classic groups put into JoinGroup and SyncGroup: opaque to the coordinator, read by tools and by the leading member.
import { array, bytes, int32, message, nullable, string } from "../declaration.js";

export const ConsumerProtocolSubscription = message({
  name: "ConsumerProtocolSubscription",
  versions: "0-3",
  flexible: "none",
  fields: {
    topics: array(string()),
    userData: nullable(bytes()),
    ownedPartitions: array({ topic: string(), partitions: array(int32()) }, "1+", { ignorable: true }),
    generationId: int32("2+", { default: -1, ignorable: true }),
    rackId: nullable(string("3+", { ignorable: true })),
  },
});

export const ConsumerProtocolAssignment = message({
  name: "ConsumerProtocolAssignment",
  versions: "0-3",
  flexible: "none",
  fields: {
    assignedPartitions: array({ topic: string(), partitions: array(int32()) }),
    userData: nullable(bytes()),
  },
});

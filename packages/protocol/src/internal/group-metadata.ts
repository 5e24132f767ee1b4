// Classic groups in __consumer_offsets: generation, protocol and members, all in one value.
import { array, bytes, int32, int64, message, nullable, string } from "../declaration.js";

export const GroupMetadataKey = message({
  name: "GroupMetadataKey",
  recordType: 2,
  versions: "0",
  flexible: "none",
  fields: {
    group: string(),
  },
});

const memberMetadata = {
  memberId: string(),
  groupInstanceId: nullable(string("3+", { ignorable: true })),
  clientId: string(),
  clientHost: string(),
  rebalanceTimeout: int32("1+", { default: -1, ignorable: true }),
  sessionTimeout: int32(),
  subscription: bytes(),
  assignment: bytes(),
};

export const GroupMetadataValue = message({
  name: "GroupMetadataValue",
  versions: "0-4",
  flexible: "4+",
  fields: {
    protocolType: string(),
    generation: int32(),
    protocol: nullable(string()),
    leader: nullable(string()),
    currentStateTimestamp: int64("2+", { default: -1, ignorable: true }),
    members: array(memberMetadata),
  },
});

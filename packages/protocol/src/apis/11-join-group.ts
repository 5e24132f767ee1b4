// JoinGroup (11): enters a classic group, and waits for its next generation.
// Static members since v5 (KIP-345), the reason for joining since v8 (KIP-800), assignment may be skipped since v9 (KIP-814).
import { api, array, bool, bytes, int16, int32, nullable, string } from "../declaration.js";

export const JoinGroup = api({
  key: 11,
  name: "JoinGroup",
  versions: "0-9",
  flexible: "6+",
  request: {
    groupId: string(),
    sessionTimeoutMs: int32(),
    rebalanceTimeoutMs: int32("1+", { default: -1, ignorable: true }),
    memberId: string(),
    groupInstanceId: nullable(string("5+")),
    protocolType: string(),
    protocols: array({ name: string(), metadata: bytes() }),
    reason: nullable(string("8+", { ignorable: true })),
  },
  response: {
    throttleTimeMs: int32("2+", { ignorable: true }),
    errorCode: int16(),
    generationId: int32({ default: -1 }),
    protocolType: nullable(string("7+", { ignorable: true })),
    protocolName: nullable(string(), "7+"),
    leader: string(),
    skipAssignment: bool("9+", { default: false }),
    memberId: string(),
    members: array({ memberId: string(), groupInstanceId: nullable(string("5+", { ignorable: true })), metadata: bytes() }),
  },
});

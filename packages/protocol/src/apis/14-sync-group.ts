// SyncGroup (14): hands the leader's assignment to every member of a classic group.
// Static members since v3 (KIP-345); protocol names checked since v5 (KIP-559).
import { api, array, bytes, int16, int32, nullable, string } from "../declaration.js";

export const SyncGroup = api({
  key: 14,
  name: "SyncGroup",
  versions: "0-5",
  flexible: "4+",
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: nullable(string("3+")),
    protocolType: nullable(string("5+", { ignorable: true })),
    protocolName: nullable(string("5+", { ignorable: true })),
    assignments: array({ memberId: string(), assignment: bytes() }),
  },
  response: {
    throttleTimeMs: int32("1+", { ignorable: true }),
    errorCode: int16(),
    protocolType: nullable(string("5+", { ignorable: true })),
    protocolName: nullable(string("5+", { ignorable: true })),
    assignment: bytes(),
  },
});

// DescribeGroups (15): state, protocol and members of classic groups.
// Static members since v4 (KIP-345); group ids that do not exist are an error since v6 (KIP-1043).
import { api, array, bool, bytes, int16, int32, nullable, string } from "../declaration.js";

export const DescribeGroups = api({
  key: 15,
  name: "DescribeGroups",
  versions: "0-6",
  flexible: "5+",
  request: {
    groups: array(string()),
    includeAuthorizedOperations: bool("3+"),
  },
  response: {
    throttleTimeMs: int32("1+", { ignorable: true }),
    groups: array({
      errorCode: int16(),
      errorMessage: nullable(string("6+")),
      groupId: string(),
      groupState: string(),
      protocolType: string(),
      protocolData: string(),
      members: array({
        memberId: string(),
        groupInstanceId: nullable(string("4+", { ignorable: true })),
        clientId: string(),
        clientHost: string(),
        memberMetadata: bytes(),
        memberAssignment: bytes(),
      }),
      authorizedOperations: int32("3+", { default: -0x8000_0000 }),
    }),
  },
});

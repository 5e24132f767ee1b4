// LeaveGroup (13): takes members out of a classic group.
// Several at once since v3 (KIP-345), with a reason since v5 (KIP-800).
import { api, array, int16, int32, nullable, string } from "../declaration.js";

export const LeaveGroup = api({
  key: 13,
  name: "LeaveGroup",
  versions: "0-5",
  flexible: "4+",
  request: {
    groupId: string(),
    memberId: string("0-2"),
    members: array({ memberId: string(), groupInstanceId: nullable(string()), reason: nullable(string("5+", { ignorable: true })) }, "3+"),
  },
  response: {
    throttleTimeMs: int32("1+", { ignorable: true }),
    errorCode: int16(),
    members: array({ memberId: string(), groupInstanceId: nullable(string()), errorCode: int16() }, "3+"),
  },
});

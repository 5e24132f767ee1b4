// FindCoordinator (10): which broker coordinates a group, a transactional id or a share partition.
// Several keys at once since v4 (KIP-699); share partitions since v6 (KIP-932).
import { api, array, int8, int16, int32, nullable, string } from "../declaration.js";

export const FindCoordinator = api({
  key: 10,
  name: "FindCoordinator",
  versions: "0-6",
  flexible: "3+",
  request: {
    key: string("0-3"),
    keyType: int8("1+", { default: 0 }),
    coordinatorKeys: array(string(), "4+"),
  },
  response: {
    throttleTimeMs: int32("1+", { ignorable: true }),
    errorCode: int16("0-3"),
    errorMessage: nullable(string("1-3", { ignorable: true })),
    nodeId: int32("0-3"),
    host: string("0-3"),
    port: int32("0-3"),
    coordinators: array(
      { key: string(), nodeId: int32(), host: string(), port: int32(), errorCode: int16(), errorMessage: nullable(string()) },
      "4+",
    ),
  },
});

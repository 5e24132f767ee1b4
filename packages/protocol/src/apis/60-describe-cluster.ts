// DescribeCluster (60): the brokers, the cluster's id and what one may do to it (KIP-700).
// Brokers or controllers since v1 (KIP-919), fenced brokers too since v2 (KIP-1073).
import { api, array, bool, int8, int16, int32, nullable, string } from "../declaration.js";

export const DescribeCluster = api({
  key: 60,
  name: "DescribeCluster",
  versions: "0-2",
  flexible: "0+",
  request: {
    includeClusterAuthorizedOperations: bool(),
    endpointType: int8("1+", { default: 1 }),
    includeFencedBrokers: bool("2+"),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: nullable(string()),
    endpointType: int8("1+", { default: 1 }),
    clusterId: string(),
    controllerId: int32({ default: -1 }),
    brokers: array({ brokerId: int32(), host: string(), port: int32(), rack: nullable(string()), isFenced: bool("2+") }),
    clusterAuthorizedOperations: int32({ default: -0x8000_0000 }),
  },
});

// DescribeCluster (60): the cluster's id and brokers (KIP-700).
import { DescribeCluster, errors } from "@moldau/protocol";
import { CLUSTER_OPERATIONS, OPERATIONS_NOT_ASKED } from "../authorized-operations.js";
import { handler } from "../handler.js";

const BROKERS = 1;
const CONTROLLERS = 2;

export const describeCluster = handler(DescribeCluster, (request, { services }) => {
  const { self, metadata } = services;
  const { endpointType } = request;
  if (endpointType !== BROKERS) {
    const known = endpointType === CONTROLLERS;
    return {
      throttleTimeMs: 0,
      errorCode: (known ? errors.MISMATCHED_ENDPOINT_TYPE : errors.UNSUPPORTED_ENDPOINT_TYPE).code,
      errorMessage: known ? "This is a broker's listener; the cluster has no controllers." : `Unknown endpoint type ${endpointType}.`,
      endpointType: BROKERS,
      clusterId: "",
      brokers: [],
    };
  }
  return {
    throttleTimeMs: 0,
    errorCode: errors.NONE.code,
    errorMessage: null,
    endpointType,
    clusterId: self.clusterId,
    controllerId: self.nodeId,
    brokers: metadata.image.brokers.map(({ id, host, port, rack }) => ({ brokerId: id, host, port, rack, isFenced: false })),
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? CLUSTER_OPERATIONS : OPERATIONS_NOT_ASKED,
  };
});

// FindCoordinator (10): which broker coordinates a group or a transactional id. The first one to ask makes the topic that keeps them.
import { type ErrorName, errors, FindCoordinator } from "@moldau/protocol";
import { type Context, handler } from "../handler.js";

/** The version from which several keys are asked for at once (KIP-699). */
const BATCHED = 4;

const GROUP = 0;
const TRANSACTION = 1;
const SHARE = 2;

interface Found {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

export const findCoordinator = handler(FindCoordinator, async (request, context) => {
  const { keyType, key, coordinatorKeys } = request;
  if (context.version < BATCHED) return { throttleTimeMs: 0, ...(await find(keyType, key, context)), coordinators: [] };
  const coordinators = [];
  for (const key of coordinatorKeys) coordinators.push({ key, ...(await find(keyType, key, context)) });
  return { throttleTimeMs: 0, errorCode: errors.NONE.code, errorMessage: null, nodeId: -1, host: "", port: -1, coordinators };
});

async function find(keyType: number, key: string, { services }: Context): Promise<Found> {
  // Clients ask in vain for ever where they are told that a coordinator is on its way.
  if (keyType === SHARE) return none("INVALID_REQUEST", "share groups are not served yet");
  if (keyType !== GROUP && keyType !== TRANSACTION) return none("INVALID_REQUEST", `unknown type of coordinator: ${keyType}`);
  if (keyType === TRANSACTION && key === "") return none("INVALID_REQUEST", "a transactional id has at least one character");
  const coordinators = keyType === GROUP ? services.groups : services.transactions;
  if (!(await coordinators.coordinatorOf(key))) return none("COORDINATOR_NOT_AVAILABLE", errors.COORDINATOR_NOT_AVAILABLE.message);
  const { nodeId, host, port } = services.self;
  return { nodeId, host, port, errorCode: errors.NONE.code, errorMessage: "" };
}

const none = (error: ErrorName, errorMessage: string): Found => ({
  nodeId: -1,
  host: "",
  port: -1,
  errorCode: errors[error].code,
  errorMessage,
});

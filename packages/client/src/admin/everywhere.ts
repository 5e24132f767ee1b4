// Questions that each broker answers for itself: the groups it coordinates, the logs it holds.
import type { Cluster } from "../cluster/cluster.js";
import { type AdminOptions, type AskFor, inRounds } from "./rounds.js";
import { toBroker } from "./routes.js";

/** Asks all brokers, or those named; answers by broker. Rejects with the first ClientError: part of an answer would look like all of it. */
export async function everywhere<Value>(
  cluster: Cluster,
  askFor: AskFor<number, Value>,
  { nodeIds, ...options }: AdminOptions & { readonly nodeIds?: readonly number[] | undefined } = {},
): Promise<readonly Value[]> {
  const patience = { withinMs: options.timeoutMs ?? cluster.settings.requestTimeoutMs, signal: options.signal };
  const asked = nodeIds ?? (await cluster.retrying(patience, () => cluster.metadata.cluster())).brokers.map(({ nodeId }) => nodeId);
  return inRounds(
    cluster,
    asked,
    toBroker(cluster, (nodeId) => nodeId),
    askFor,
    options,
  );
}

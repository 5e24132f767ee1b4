// What AlterConfigs and IncrementalAlterConfigs share: each resource of the request is changed as a whole or not at all.
import type { AlterOutcome, ClusterImage, ConfigProblem, ConfigResource } from "@moldau/metadata";
import { errors } from "@moldau/protocol";
import type { Services } from "../services.js";
import { configResource, type WireResource } from "./resources.js";

/** Decides by `alter` and makes it durable, unless only asked to validate. */
export async function alterResource(
  wire: WireResource,
  validateOnly: boolean,
  services: Services,
  alter: (image: ClusterImage, resource: ConfigResource) => AlterOutcome,
) {
  const resource = configResource(wire);
  const problem: ConfigProblem | undefined =
    "error" in resource
      ? resource
      : await services.metadata.propose((image) => {
          const outcome = alter(image, resource);
          if ("problem" in outcome) return { events: [], result: outcome.problem };
          return { events: validateOnly ? [] : outcome.events, result: undefined };
        });
  return {
    errorCode: errors[problem?.error ?? "NONE"].code,
    errorMessage: problem?.message ?? null,
    resourceType: wire.resourceType,
    resourceName: wire.resourceName,
  };
}

/** A resource named twice in one request is refused, both times. */
export function twiceNamed(resources: readonly WireResource[]): (wire: WireResource) => boolean {
  const keyOf = ({ resourceType, resourceName }: WireResource) => `${resourceType}/${resourceName}`;
  const counts = new Map<string, number>();
  for (const resource of resources) counts.set(keyOf(resource), (counts.get(keyOf(resource)) ?? 0) + 1);
  return (wire) => (counts.get(keyOf(wire)) ?? 0) > 1;
}

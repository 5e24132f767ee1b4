// What AlterConfigs and IncrementalAlterConfigs share: each resource of the request is changed as a whole or not at all.
import type { AlterOutcome, ClusterImage, ConfigProblem, ConfigResource } from "@moldau/metadata";
import { errors } from "@moldau/protocol";
import type { Services } from "../services.js";
import { configResource, repetitionProblem, type WireResource } from "./resources.js";

export interface AlterAnswer extends WireResource {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** Decides by `alter` and makes it durable, unless only asked to validate. */
export async function alterResource(
  wire: WireResource,
  validateOnly: boolean,
  services: Services,
  alter: (image: ClusterImage, resource: ConfigResource) => AlterOutcome,
): Promise<AlterAnswer> {
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

/** Answers for each resource in turn. One named twice in one request is refused, both times. */
export async function alterEach<Resource extends WireResource>(
  resources: readonly Resource[],
  alter: (resource: Resource) => Promise<AlterAnswer>,
): Promise<AlterAnswer[]> {
  const repetition = repetitionProblem(resources);
  const answers: AlterAnswer[] = [];
  for (const resource of resources) {
    const problem = repetition(resource);
    answers.push(problem === undefined ? await alter(resource) : invalidRequest(resource, problem));
  }
  return answers;
}

export const invalidRequest = ({ resourceType, resourceName }: WireResource, errorMessage: string): AlterAnswer => ({
  errorCode: errors.INVALID_REQUEST.code,
  errorMessage,
  resourceType,
  resourceName,
});

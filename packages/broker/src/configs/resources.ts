// Config resources on the wire: a type's code and a name.
import { type ConfigProblem, type ConfigResource, configResourceType } from "@moldau/metadata";
import { sortNamings } from "../topics/named-twice.js";

export interface WireResource {
  readonly resourceType: number;
  readonly resourceName: string;
}

/** The resource, or why there is none of that type. */
export function configResource({ resourceType, resourceName }: WireResource): ConfigResource | ConfigProblem {
  const type = configResourceType(resourceType);
  if (type) return { type, name: resourceName };
  return { error: "INVALID_REQUEST", message: `Unknown type of config resource: ${resourceType}.` };
}

/** Why a resource of the request is refused for being named more than once in it: each time. Undefined for one that is named once. */
export function repetitionProblem(resources: readonly WireResource[]): (resource: WireResource) => string | undefined {
  const { once } = sortNamings(resources, ({ resourceType, resourceName }) => `${resourceType}/${resourceName}`);
  const namedOnce = new Set(once);
  return (resource) => (namedOnce.has(resource) ? undefined : `"${resource.resourceName}" is named more than once in the request.`);
}

// Config resources on the wire: a type's code and a name.
import { type ConfigProblem, type ConfigResource, configResourceType } from "@moldau/metadata";

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

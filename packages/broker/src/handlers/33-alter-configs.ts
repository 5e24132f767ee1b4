// AlterConfigs (33): replaces all that is set on a resource. Superseded by IncrementalAlterConfigs; older clients still use it.
import { replaceConfigs } from "@moldau/metadata";
import { AlterConfigs, errors } from "@moldau/protocol";
import { alterResource, twiceNamed } from "../configs/alter.js";
import { handler } from "../handler.js";

export const alterConfigs = handler(AlterConfigs, async ({ resources, validateOnly }, { services }) => {
  const isTwice = twiceNamed(resources);
  const responses = [];
  for (const { resourceType, resourceName, configs } of resources) {
    const wire = { resourceType, resourceName };
    responses.push(
      isTwice(wire)
        ? { ...wire, errorCode: errors.INVALID_REQUEST.code, errorMessage: `"${resourceName}" is named more than once in the request.` }
        : await alterResource(wire, validateOnly, services, (image, resource) => replaceConfigs(image, services.local, resource, configs)),
    );
  }
  return { throttleTimeMs: 0, responses };
});

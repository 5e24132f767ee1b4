// AlterConfigs (33): replaces all that is set on a resource. Superseded by IncrementalAlterConfigs; older clients still use it.
import { replaceConfigs } from "@moldau/metadata";
import { AlterConfigs } from "@moldau/protocol";
import { alterEach, alterResource } from "../configs/alter.js";
import { handler } from "../handler.js";

export const alterConfigs = handler(AlterConfigs, async ({ resources, validateOnly }, { services }) => ({
  throttleTimeMs: 0,
  responses: await alterEach(resources, (wire) =>
    alterResource(wire, validateOnly, services, (image, resource) => replaceConfigs(image, services.local, resource, wire.configs)),
  ),
}));

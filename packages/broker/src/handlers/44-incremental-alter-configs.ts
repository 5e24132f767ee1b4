// IncrementalAlterConfigs (44): sets, deletes, appends to or subtracts from single configs (KIP-339).
import { type ConfigOperation, configOperation, alterConfigs as decide } from "@moldau/metadata";
import { IncrementalAlterConfigs, type RequestOf } from "@moldau/protocol";
import { alterEach, alterResource, invalidRequest } from "../configs/alter.js";
import { handler } from "../handler.js";

type WireConfig = RequestOf<typeof IncrementalAlterConfigs>["resources"][number]["configs"][number];

export const incrementalAlterConfigs = handler(IncrementalAlterConfigs, async ({ resources, validateOnly }, { services }) => ({
  throttleTimeMs: 0,
  responses: await alterEach(resources, async (wire) => {
    const operations = operationsOf(wire.configs);
    if (typeof operations === "string") return invalidRequest(wire, operations);
    return alterResource(wire, validateOnly, services, (image, resource) => decide(image, services.local, resource, operations));
  }),
}));

function operationsOf(configs: readonly WireConfig[]): readonly ConfigOperation[] | string {
  const operations: ConfigOperation[] = [];
  for (const { name, value, configOperation: code } of configs) {
    const operation = configOperation(code);
    if (!operation) return `Unknown operation ${code} on ${name}.`;
    operations.push({ name, operation, value });
  }
  return operations;
}

// IncrementalAlterConfigs (44): sets, deletes, appends to or subtracts from single configs (KIP-339).
import { type ConfigOperation, configOperation, alterConfigs as decide } from "@moldau/metadata";
import { errors, IncrementalAlterConfigs, type RequestOf } from "@moldau/protocol";
import { alterResource, twiceNamed } from "../configs/alter.js";
import { handler } from "../handler.js";

type WireConfig = RequestOf<typeof IncrementalAlterConfigs>["resources"][number]["configs"][number];

export const incrementalAlterConfigs = handler(IncrementalAlterConfigs, async ({ resources, validateOnly }, { services }) => {
  const isTwice = twiceNamed(resources);
  const responses = [];
  for (const { resourceType, resourceName, configs } of resources) {
    const wire = { resourceType, resourceName };
    const refuse = (errorMessage: string) => ({ ...wire, errorCode: errors.INVALID_REQUEST.code, errorMessage });
    const operations = operationsOf(configs);
    if (isTwice(wire)) responses.push(refuse(`"${resourceName}" is named more than once in the request.`));
    else if (typeof operations === "string") responses.push(refuse(operations));
    else {
      responses.push(
        await alterResource(wire, validateOnly, services, (image, resource) => decide(image, services.local, resource, operations)),
      );
    }
  }
  return { throttleTimeMs: 0, responses };
});

function operationsOf(configs: readonly WireConfig[]): readonly ConfigOperation[] | string {
  const operations: ConfigOperation[] = [];
  for (const { name, value, configOperation: code } of configs) {
    const operation = configOperation(code);
    if (!operation) return `Unknown operation ${code} on ${name}.`;
    operations.push({ name, operation, value });
  }
  return operations;
}

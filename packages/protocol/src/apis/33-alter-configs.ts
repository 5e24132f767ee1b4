// AlterConfigs (33): replaces all configurations of a resource (KIP-133).
// Superseded by IncrementalAlterConfigs, which cannot lose what others set.
import { api, array, bool, int8, int16, int32, nullable, string } from "../declaration.js";

export const AlterConfigs = api({
  key: 33,
  name: "AlterConfigs",
  versions: "0-2",
  flexible: "2+",
  request: {
    resources: array({ resourceType: int8(), resourceName: string(), configs: array({ name: string(), value: nullable(string()) }) }),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    responses: array({ errorCode: int16(), errorMessage: nullable(string()), resourceType: int8(), resourceName: string() }),
  },
});

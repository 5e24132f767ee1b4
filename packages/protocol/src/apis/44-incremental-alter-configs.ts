// IncrementalAlterConfigs (44): sets, deletes, appends to or subtracts from single configurations (KIP-339).
import { api, array, bool, int8, int16, int32, nullable, string } from "../declaration.js";

export const IncrementalAlterConfigs = api({
  key: 44,
  name: "IncrementalAlterConfigs",
  versions: "0-1",
  flexible: "1+",
  request: {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configs: array({ name: string(), configOperation: int8(), value: nullable(string()) }),
    }),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    responses: array({ errorCode: int16(), errorMessage: nullable(string()), resourceType: int8(), resourceName: string() }),
  },
});

// CreateAcls (30): adds access rules (KIP-140).
// Prefixed patterns since v1 (KIP-290).
import { api, array, int8, int16, int32, nullable, string } from "../declaration.js";

export const CreateAcls = api({
  key: 30,
  name: "CreateAcls",
  versions: "1-3",
  flexible: "2+",
  request: {
    creations: array({
      resourceType: int8(),
      resourceName: string(),
      resourcePatternType: int8({ default: 3 }),
      principal: string(),
      host: string(),
      operation: int8(),
      permissionType: int8(),
    }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    results: array({ errorCode: int16(), errorMessage: nullable(string()) }),
  },
});

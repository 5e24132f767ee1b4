// ListConfigResources (74): the resources that have configurations of their own.
// Only client metrics in v0 (KIP-714), any type since v1 (KIP-1142).
import { api, array, int8, int16, int32, string } from "../declaration.js";

export const ListConfigResources = api({
  key: 74,
  name: "ListConfigResources",
  versions: "0-1",
  flexible: "0+",
  request: {
    resourceTypes: array(int8(), "1+"),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    configResources: array({ resourceName: string(), resourceType: int8("1+", { default: 16, ignorable: true }) }),
  },
});

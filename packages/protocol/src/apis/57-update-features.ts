// UpdateFeatures (57): raises or lowers the levels of the cluster's features (KIP-584).
// Can be tried without effect since v1 (KIP-778).
import { api, array, bool, int8, int16, int32, nullable, string } from "../declaration.js";

export const UpdateFeatures = api({
  key: 57,
  name: "UpdateFeatures",
  versions: "0-2",
  flexible: "0+",
  request: {
    timeoutMs: int32({ default: 60000 }),
    featureUpdates: array({
      feature: string(),
      maxVersionLevel: int16(),
      allowDowngrade: bool("0"),
      upgradeType: int8("1+", { default: 1 }),
    }),
    validateOnly: bool("1+", { default: false }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: nullable(string()),
    results: array({ feature: string(), errorCode: int16(), errorMessage: nullable(string()) }, "0-1", { ignorable: true }),
  },
});

// ApiVersions (18): which APIs and versions a broker serves: the first thing a client asks (KIP-35).
// The client's name since v3 (KIP-511), the cluster's features since v3 (KIP-584). The response header is always v0, so that any client can read it.
import { api, array, bool, int16, int32, int64, string, tagged } from "../declaration.js";

export const ApiVersions = api({
  key: 18,
  name: "ApiVersions",
  versions: "0-4",
  flexible: "3+",
  request: {
    clientSoftwareName: string("3+", { ignorable: true }),
    clientSoftwareVersion: string("3+", { ignorable: true }),
  },
  response: {
    errorCode: int16(),
    apiKeys: array({ apiKey: int16(), minVersion: int16(), maxVersion: int16() }),
    throttleTimeMs: int32("1+", { ignorable: true }),
    supportedFeatures: tagged(0, array({ name: string(), minVersion: int16(), maxVersion: int16() }, "3+", { ignorable: true })),
    finalizedFeaturesEpoch: tagged(1, int64("3+", { default: -1, ignorable: true })),
    finalizedFeatures: tagged(2, array({ name: string(), maxVersionLevel: int16(), minVersionLevel: int16() }, "3+", { ignorable: true })),
    zkMigrationReady: tagged(3, bool("3+", { default: false, ignorable: true })),
  },
});

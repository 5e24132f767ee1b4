// ApiVersions (18): which APIs and versions this broker serves, and the cluster's features. The first thing a client asks (KIP-35).
import { ApiVersions, errors } from "@moldau/protocol";
import { supportedFeatures } from "../features.js";
import { handler } from "../handler.js";

/** From this version on clients name their software (KIP-511). */
const NAMES_SOFTWARE = 3;
const SOFTWARE_TEXT = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

export const apiVersions = handler(ApiVersions, (request, { services, version }) => {
  const nameless = !SOFTWARE_TEXT.test(request.clientSoftwareName) || !SOFTWARE_TEXT.test(request.clientSoftwareVersion);
  if (version >= NAMES_SOFTWARE && nameless) return { errorCode: errors.INVALID_REQUEST.code, apiKeys: [] };
  return {
    errorCode: errors.NONE.code,
    apiKeys: services.served,
    throttleTimeMs: 0,
    supportedFeatures: supportedFeatures.map(({ name, min, max }) => ({ name, minVersion: min, maxVersion: max })),
    finalizedFeaturesEpoch: services.metadata.image.version,
    finalizedFeatures: supportedFeatures.map(({ name, level }) => ({ name, minVersionLevel: level, maxVersionLevel: level })),
  };
});

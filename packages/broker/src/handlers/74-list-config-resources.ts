// ListConfigResources (74): what has configurations (KIP-1142). Version 0 knows client metrics only (KIP-1000).
import { type ClusterImage, CONFIG_RESOURCE_CODES, type ConfigResourceType, configResourceType } from "@moldau/metadata";
import { errors, ListConfigResources } from "@moldau/protocol";
import { handler } from "../handler.js";

const ALL: readonly ConfigResourceType[] = ["topic", "broker", "brokerLogger", "clientMetrics", "group"];

export const listConfigResources = handler(ListConfigResources, ({ resourceTypes }, { services, version }) => {
  const asked = resourceTypes.length === 0 ? ALL : [...new Set(resourceTypes)].map(configResourceType);
  const types = version === 0 ? ["clientMetrics" as const] : asked;
  if (types.some((type) => type === undefined))
    return { throttleTimeMs: 0, errorCode: errors.UNSUPPORTED_VERSION.code, configResources: [] };
  const configResources = types.flatMap((type) =>
    type ? namesOf(type, services.metadata.image).map((resourceName) => ({ resourceName, resourceType: CONFIG_RESOURCE_CODES[type] })) : [],
  );
  return { throttleTimeMs: 0, errorCode: errors.NONE.code, configResources };
});

function namesOf(type: ConfigResourceType, image: ClusterImage): readonly string[] {
  switch (type) {
    case "topic":
      return [...image.topics()].map(({ name }) => name);
    case "broker":
    case "brokerLogger":
      return image.brokers.map(({ id }) => String(id));
    case "clientMetrics":
      return image.clientMetricsSubscriptions();
    case "group":
      return image.configuredGroups();
  }
}

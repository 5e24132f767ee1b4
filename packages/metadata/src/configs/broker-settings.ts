// The broker's settings read as typed values, and not read again before one of them has changed.
import type { ClusterImage } from "../cluster/image.js";
import { brokerConfigs } from "./definitions.js";
import { brokerLayers, type LocalBroker } from "./layers.js";
import { type TypedReader, typedReader } from "./typed.js";

export const brokerReader = (local: LocalBroker, image: ClusterImage): TypedReader =>
  typedReader(brokerConfigs, (definition) => brokerLayers(definition, image, local));

/** What `read` makes of the settings as of now. Cheap when asked again: call it per request rather than keep the outcome. */
export function brokerSettings<Settings>(read: (reader: TypedReader) => Settings): (local: LocalBroker, image: ClusterImage) => Settings {
  const cache = new WeakMap<LocalBroker, { readonly version: number; readonly image: ClusterImage; readonly settings: Settings }>();
  return (local, image) => {
    const { brokerConfigsVersion: version } = image;
    const cached = cache.get(local);
    if (cached && cached.image === image && cached.version === version) return cached.settings;
    const settings = read(brokerReader(local, image));
    cache.set(local, { version, image, settings });
    return settings;
  };
}

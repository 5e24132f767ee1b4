// What the groups machine may know of the broker: the time, the topics of the cluster image, the configurations.
import type { TopicsView, TopicView, World } from "@moldau/coordinators";
import type { Clock, Random } from "@moldau/env";
import { type ClusterImage, groupsConfig, groupsConfigOf, type LocalBroker, type Metadata, type TopicImage } from "@moldau/metadata";
import { randomUuid } from "@moldau/std";

/** Gives the world as of the moment of the call. */
export function groupsWorld(metadata: Metadata, local: LocalBroker, clock: Clock, random: Random): () => World {
  const { image } = metadata;
  const topics = topicsView(image);
  const configOf = (groupId: string) => groupsConfigOf(local, image, groupId);
  const newId = () => randomUuid(random.bytes);
  return () => ({ now: clock.now(), topics, config: groupsConfig(local, image), configOf, newId });
}

function topicsView(image: ClusterImage): TopicsView {
  // A topic that changes is another object.
  const views = new WeakMap<TopicImage, TopicView>();
  const viewOf = (topic: TopicImage | undefined): TopicView | undefined => {
    if (!topic) return undefined;
    const known = views.get(topic);
    if (known) return known;
    const view = { id: topic.id, name: topic.name, partitionCount: topic.partitions.length, racks: racksOf(topic, image) };
    views.set(topic, view);
    return view;
  };
  return {
    get version() {
      return image.version;
    },
    byName: (name) => viewOf(image.topicByName(name)),
    byId: (id) => viewOf(image.topicById(id)),
    *names() {
      for (const { name } of image.topics()) yield name;
    },
  };
}

const racksOf = (topic: TopicImage, image: ClusterImage) => (partition: number) => {
  const racks = (topic.partitions[partition]?.replicas ?? []).flatMap((id) => image.broker(id)?.rack ?? []);
  return [...new Set(racks)];
};

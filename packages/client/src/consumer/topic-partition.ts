// Partitions by name, as programs say them.

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Topics cannot have a slash in their names. */
export const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** By topic, in the order in which topics first come. */
export function byTopic<Place extends TopicPartition>(places: Iterable<Place>): Map<string, Place[]> {
  const topics = new Map<string, Place[]>();
  for (const place of places) {
    const present = topics.get(place.topic);
    if (present) present.push(place);
    else topics.set(place.topic, [place]);
  }
  return topics;
}

// The coordinators of an internal topic, found by the key whose state they keep: a group's id, a transactional id.
import type { Coordinator, Coordinators } from "@moldau/coordinators";
import type { TopicImage } from "@moldau/metadata";
import type { InternalTopic } from "./internal-topic.js";

export interface KeyedCoordinators<State, Command> {
  /** The key's coordinator, at once when the topic is there; else the topic is created. Undefined when it cannot be created now. */
  coordinatorOf(key: string): Coordinator<State, Command> | Promise<Coordinator<State, Command> | undefined>;
  /** The coordinators of all keys; none while there is no topic. */
  all(): readonly Coordinator<State, Command>[];
  /** Loads what there is, in the background. */
  warm(): void;
  /** The states of the coordinators that are loaded. */
  states(): Iterable<State>;
  /** How much is waiting. */
  occupancy(): { readonly waiting: number; readonly pendingBytes: number };
}

export function keyedCoordinators<State, Command>(
  topic: InternalTopic,
  shards: Coordinators<State, Command>,
  partitionOf: (key: string, partitionCount: number) => number,
): KeyedCoordinators<State, Command> {
  const at = (key: string, { partitions }: TopicImage) => shards.of(partitionOf(key, partitions.length));
  return {
    coordinatorOf(key) {
      const image = topic.find();
      if (image) return at(key, image);
      return topic.ensure().then((created) => created && at(key, created));
    },
    all: () => (topic.find()?.partitions ?? []).map(({ index }) => shards.of(index)),
    warm() {
      void shards.warm(topic.find()?.partitions.length ?? 0);
    },
    states: () => shards.states(),
    occupancy: () => shards.occupancy(),
  };
}

// What the groups machine may know of the world at the moment of a decision.
import type { Millis, TopicId } from "@moldau/std";
import type { GroupsConfig } from "./config.js";

export interface World {
  readonly now: Millis;
  readonly topics: TopicsView;
  /** The broker's settings for groups. */
  readonly config: GroupsConfig;
  /** The same with a group's own settings over them (resource type GROUP). */
  readonly configOf: (groupId: string) => GroupsConfig;
  /** A fresh random uuid, in Kafka's text form. */
  readonly newId: () => string;
}

export interface TopicView {
  readonly id: TopicId;
  readonly name: string;
  readonly partitionCount: number;
  /** Racks of the brokers that serve a partition; empty when unknown. */
  racks(partition: number): readonly string[];
}

/** The topics of the cluster image. */
export interface TopicsView {
  /** Grows with every change of the image: what was derived at one version holds for it. */
  readonly version: number;
  byName(name: string): TopicView | undefined;
  byId(id: TopicId): TopicView | undefined;
  /** All names, in order. */
  names(): Iterable<string>;
}

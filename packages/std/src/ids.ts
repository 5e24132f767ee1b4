// The identifiers that must not be confused with one another. They are plain strings and numbers at run time.

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A topic's uuid in Kafka's text form: 22 characters of base64url. */
export type TopicId = Brand<string, "TopicId">;
/** Position of a partition within its topic: 0 and up. */
export type PartitionIndex = Brand<number, "PartitionIndex">;
/** Position of a record within its partition: 0 and up. */
export type Offset = Brand<number, "Offset">;
/** How often the leadership of a partition has changed. */
export type LeaderEpoch = Brand<number, "LeaderEpoch">;
/** Milliseconds since the Unix epoch. */
export type Millis = Brand<number, "Millis">;

export const topicId = (text: string): TopicId => text as TopicId;
export const partitionIndex = (index: number): PartitionIndex => index as PartitionIndex;
export const offset = (value: number): Offset => value as Offset;
export const leaderEpoch = (value: number): LeaderEpoch => value as LeaderEpoch;
export const millis = (value: number): Millis => value as Millis;

/** One partition of one topic, named so that a deleted and re-created topic is another one. */
export interface PartitionId {
  readonly topicId: TopicId;
  readonly index: PartitionIndex;
}

/** A key for maps: `topicId/index`. */
export const partitionKey = ({ topicId, index }: PartitionId): string => `${topicId}/${index}`;

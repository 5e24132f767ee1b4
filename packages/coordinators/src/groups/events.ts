// What can happen to the groups of one partition. Each is a record of __consumer_offsets in Kafka's own format, or stays in memory.
import type { ClassicEvent } from "./classic/events.js";
import type { ConsumerEvent } from "./consumer/events.js";
import type { OffsetsEvent } from "./offsets/events.js";

export type GroupsEvent = ClassicEvent | ConsumerEvent | OffsetsEvent;

// The consumer as programs see it.
import type { Cluster } from "../cluster/cluster.js";
import { ClientError } from "../errors.js";
import type { GroupIdentity } from "../producer/transaction/offsets.js";
import { consumerCore } from "./core.js";
import type { OffsetToCommit } from "./group/offsets.js";
import { iterationOf } from "./iteration.js";
import { type ConsumerOptions, consumerSettingsOf } from "./options.js";
import type { ConsumerBatch, ConsumerRecord } from "./record.js";
import { keyOf, type TopicPartition } from "./topic-partition.js";

export interface PartitionLag extends TopicPartition {
  /** How many offsets lie between what was handed out and the end. */
  readonly lag: number;
}

/**
 * One loop at a time runs over a consumer; the first `next` connects it and has it join its group. A record, or batch, counts as processed
 * when the next one is asked for, and is handed out again when the loop is left before that.
 */
export interface Consumer<Key = Uint8Array | null, Value = Uint8Array | null> extends AsyncIterable<ConsumerRecord<Key, Value>> {
  /** Faster by far than record after record where most are looked at only briefly. */
  batches(): AsyncIterableIterator<ConsumerBatch<Key, Value>>;
  /** Without offsets: everything that was handed out, what is in hand included. Rejects with ClientError. */
  commit(offsets?: readonly OffsetToCommit[]): Promise<void>;
  /** Goes on from there. Throws ClientError INVALID_ARGUMENT for a partition that is not assigned. */
  seek(place: TopicPartition & { readonly offset: number }): void;
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Asks for the ends of all assigned partitions. */
  lag(): Promise<readonly PartitionLag[]>;
  readonly assignment: readonly TopicPartition[];
  /** For a transaction that commits offsets of the group: `transaction.commitOffsets`. Undefined while we are no member. */
  readonly groupIdentity: GroupIdentity | undefined;
  /** The next offset to be handed out; undefined while it is not known. */
  position(partition: TopicPartition): number | undefined;
  /**
   * Ends the loop, waits until it is done with what it has in hand (for 5 s unless told otherwise), commits what was processed, and leaves
   * the group. Idempotent; never rejects.
   */
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface CloseOptions {
  readonly withinMs?: number;
}

/** Throws ClientError INVALID_ARGUMENT. */
export function consumerOf<Key = Uint8Array | null, Value = Uint8Array | null>(
  cluster: Cluster,
  options: ConsumerOptions<Key, Value>,
  closed: (consumer: Consumer<Key, Value>) => unknown = () => {},
): Consumer<Key, Value> {
  const settings = consumerSettingsOf(options);
  const core = consumerCore(cluster, settings, options);
  const { delivery } = core;
  let isLooping = false;

  const loop = <Item>(take: () => Item | undefined): AsyncIterableIterator<Item> => {
    if (isLooping) throw new ClientError("INVALID_ARGUMENT", "a loop runs over this consumer already");
    isLooping = true;
    return iterationOf(core.iteration, take, () => {
      isLooping = false;
      core.loopEnded();
    });
  };
  const stateOf = (place: TopicPartition) => {
    const state = core.states.get(keyOf(place));
    if (!state) {
      const { topic, partition } = place;
      throw new ClientError("INVALID_ARGUMENT", `${topic}/${partition} is not assigned to this consumer`, { topic, partition });
    }
    return state;
  };
  const close = ({ withinMs = CLOSE_MS }: CloseOptions = {}) => core.close(withinMs).finally(() => closed(consumer));
  const consumer: Consumer<Key, Value> = {
    [Symbol.asyncIterator]: () => loop(delivery.nextRecord),
    batches: () => loop(delivery.nextBatch),
    commit: core.commit,
    seek: ({ offset, ...place }) => core.seek(stateOf(place), offset),
    pause: (partitions) => core.pause(partitions.map(stateOf)),
    resume: (partitions) => core.resume(partitions.map(stateOf)),
    lag: core.lag,
    get assignment() {
      return [...core.states.values()].map(({ topic, partition }) => ({ topic, partition }));
    },
    get groupIdentity() {
      return core.groupIdentity();
    },
    position(place) {
      const { position } = stateOf(place);
      return position < 0 ? undefined : position;
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  };
  options.signal?.addEventListener("abort", () => void close(), { once: true });
  if (options.signal?.aborted) void close();
  return consumer;
}

const CLOSE_MS = 5_000;

// What offsets and administration ask of a group, whatever its protocol. Each protocol answers in a file of its own.
import type { ErrorName } from "@moldau/protocol";
import type { TopicId } from "@moldau/std";
import type { TimerChange } from "../runtime/machine.js";
import type { DescribedConsumerGroup, DescribedGroup, GroupsCommand, ListedGroup } from "./commands.js";
import type { GroupsEvent } from "./events.js";
import type { World } from "./world.js";

/** Who commits or fetches, as the request says. */
export interface OffsetClient {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** A classic group's generation or a consumer group's member epoch; negative when the client is no member. */
  readonly epoch: number;
  readonly version: number;
  /** It commits as part of a transaction: with TxnOffsetCommit, whose old versions do not say who asks. */
  readonly inTransaction: boolean;
}

export interface GroupFacts<G> {
  /** Nobody is in it. */
  isEmpty(group: G): boolean;
  /** Whether its offsets may expire, and since when; undefined: they may not. For a topic that a living group is not subscribed to too. */
  offsetsIdleSince(group: G, topic: { readonly name: string; readonly id: TopicId | undefined }): number | "commit" | undefined;
  /** Why this client may not commit to a topic's partition; timers to move when it may (a commit counts as a heartbeat in classic groups). */
  checkCommit(
    group: G,
    client: OffsetClient,
    partition: { readonly topic: string; readonly topicId: TopicId | undefined; readonly partition: number },
    world: World,
  ): ErrorName | undefined;
  commitTimers(group: G, client: OffsetClient, world: World): readonly TimerChange<GroupsCommand>[];
  checkFetch(group: G, client: { readonly memberId: string | null; readonly epoch: number }, world: World): ErrorName | undefined;
  /** Whether somebody in it consumes the topic: such offsets are not deleted. */
  isSubscribedTo(group: G, topic: string, world: World): boolean;
  /** What makes the group disappear. Only when it is empty. */
  removal(group: G): readonly GroupsEvent[];
  list(group: G): ListedGroup;
  /** For DescribeGroups; undefined for a protocol that it does not describe. */
  describe(group: G): DescribedGroup | undefined;
  /** For ConsumerGroupDescribe; undefined likewise. */
  describeConsumer(group: G, world: World): DescribedConsumerGroup | undefined;
}

// The last member of the consumer protocol goes: the group becomes a classic group (KIP-848, live migration).
import type { Draft } from "../consumer/draft.js";
import type { ConsumerGroup } from "../consumer/group.js";
import type { ConsumerMember } from "../consumer/member.js";
import type { World } from "../world.js";

export function canDowngrade(_group: ConsumerGroup, _leaving: readonly ConsumerMember[], _world: World): boolean {
  return false;
}

export function downgrade(_draft: Draft, _leaving: readonly ConsumerMember[], _world: World): void {}

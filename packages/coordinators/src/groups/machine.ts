// The machine of groups: which part of it decides what. Each part is a folder.
//
//   classic/         JoinGroup, SyncGroup, Heartbeat, LeaveGroup        consumer/   KIP-848 groups
//   migration/       members of one protocol in a group of the other    offsets/    what groups have committed
//   administration/  list, describe, delete
import { versionedPrefix } from "@moldau/protocol";
import { assert } from "@moldau/std";
import type { Machine } from "../runtime/machine.js";
import { administrationDeciders } from "./administration/deciders.js";
import { classicDeciders } from "./classic/deciders.js";
import { applyClassic } from "./classic/events.js";
import { classicLoaded } from "./classic/loaded.js";
import { decodeClassic, encodeClassic } from "./classic/records.js";
import type { GroupsCommand } from "./commands.js";
import { consumerDeciders } from "./consumer/deciders.js";
import { applyConsumer } from "./consumer/events.js";
import { consumerLoaded } from "./consumer/loaded.js";
import { decodeConsumer, encodeConsumer } from "./consumer/records.js";
import type { Deciders } from "./decider.js";
import { allOf, type GroupsDecision } from "./decision.js";
import type { GroupsEvent } from "./events.js";
import { classicMemberDeciders } from "./migration/deciders.js";
import { offsetsDeciders } from "./offsets/deciders.js";
import { applyOffset } from "./offsets/events.js";
import { offsetsLoaded } from "./offsets/loaded.js";
import { noPendingOffsets } from "./offsets/pending.js";
import { decodeOffset, encodeOffset } from "./offsets/records.js";
import type { GroupsState } from "./state.js";
import type { World } from "./world.js";

const DECIDERS: Partial<Deciders> = { ...classicDeciders, ...consumerDeciders, ...offsetsDeciders, ...administrationDeciders };

export type GroupsMachine = Machine<GroupsState, GroupsCommand, GroupsEvent, World>;

export const groupsMachine: GroupsMachine = {
  empty: () => ({ groups: new Map(), offsets: new Map(), pending: noPendingOffsets() }),
  decide(state, command, world) {
    const decider = decidersFor(state, command)[command.kind] as Deciders[GroupsCommand["kind"]] | undefined;
    assert(decider, `somebody decides ${command.kind}`);
    return (decider as (state: GroupsState, command: GroupsCommand, world: World) => GroupsDecision)(state, command, world);
  },
  apply(state, event) {
    if (event.kind === "classicGroup") applyClassic(state, event);
    else if (event.kind === "offset" || event.kind === "transactionEnded") applyOffset(state, event);
    else applyConsumer(state, event);
  },
  encode(event) {
    if (event.kind === "classicGroup") return encodeClassic(event);
    if (event.kind === "offset") return encodeOffset(event);
    return event.kind === "transactionEnded" ? undefined : encodeConsumer(event);
  },
  encodeMarker: (event) => (event.kind === "transactionEnded" ? event.end : undefined),
  decodeMarker: (end) => ({ kind: "transactionEnded", end }),
  decode(key, value, producer) {
    const recordType = versionedPrefix(key);
    return (
      decodeOffset(recordType, key, value, producer) ?? decodeClassic(recordType, key, value) ?? decodeConsumer(recordType, key, value)
    );
  },
  loaded(state, world) {
    const parts = [offsetsLoaded(world)];
    for (const group of state.groups.values())
      parts.push(group.kind === "classic" ? classicLoaded(group, world) : consumerLoaded(group, world));
    return allOf(parts);
  },
};

/** Members of the classic protocol may be in a consumer group. */
function decidersFor(state: GroupsState, command: GroupsCommand): Partial<Deciders> {
  if (command.kind === "joinGroup" || command.kind === "syncGroup" || command.kind === "heartbeat" || command.kind === "leaveGroup") {
    if (state.groups.get(command.request.groupId)?.kind === "consumer") return classicMemberDeciders;
  }
  return DECIDERS;
}

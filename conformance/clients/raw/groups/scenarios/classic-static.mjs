// Static members of classic groups (KIP-345, KIP-814): replaced, fenced, taken out by name.
import { Heartbeat, JoinGroup, LeaveGroup, OffsetCommit, SyncGroup } from "@moldau/protocol";
import { committing, joining, syncing } from "./bodies.mjs";

const fixed = { groupInstanceId: "instance" };

export const classicStatic = [
  [
    "a static member comes back, and its former self is fenced",
    async ({ client, everyVersion, group, topic }) => {
      const old = client("old");
      const { memberId: former } = await old.ask("joins in one step", JoinGroup, 9, joining(group, fixed));
      const assignments = [{ memberId: former, assignment: Buffer.from("all") }];
      await old.ask("syncs", SyncGroup, 5, syncing(group, 1, former, { ...fixed, assignments }));
      const back = client("new");
      const { memberId } = await back.ask("comes back with the same metadata: no rebalance", JoinGroup, 9, joining(group, fixed));
      await back.ask("syncs: it keeps its assignment", SyncGroup, 5, syncing(group, 1, memberId, fixed));
      const beat = (id, instance) => ({ groupId: group, generationId: 1, memberId: id, groupInstanceId: instance });
      await everyVersion("the former beats", Heartbeat, beat(former, "instance"), { from: 3 });
      await everyVersion("the former beats without its instance", Heartbeat, beat(former, null));
      await everyVersion("the new one beats", Heartbeat, beat(memberId, "instance"), { from: 3 });
      await everyVersion("the new one beats without its instance", Heartbeat, beat(memberId, null));
      await everyVersion("an instance nobody knows beats", Heartbeat, beat(memberId, "unknown"), { from: 3 });
      await everyVersion("the former syncs", SyncGroup, syncing(group, 1, former, fixed), { from: 3 });
      await everyVersion("an instance nobody knows syncs", SyncGroup, syncing(group, 1, memberId, { groupInstanceId: "unknown" }), {
        from: 3,
      });
      await everyVersion("the former joins by its id", JoinGroup, joining(group, { ...fixed, memberId: former }), { from: 5 });
      const commit = (id, instance) => committing(group, topic, { generationIdOrMemberEpoch: 1, memberId: id, groupInstanceId: instance });
      await everyVersion("the former commits", OffsetCommit, commit(former, "instance"), { from: 7, to: 9 });
      await everyVersion("an instance nobody knows commits", OffsetCommit, commit(memberId, "unknown"), { from: 7, to: 9 });
      const leave = (id, instance) => ({ groupId: group, members: [{ memberId: id, groupInstanceId: instance, reason: null }] });
      await everyVersion("the former leaves", LeaveGroup, leave(former, "instance"), { from: 3 });
      await everyVersion("an instance nobody knows leaves", LeaveGroup, leave("", "unknown"), { from: 3 });
      await back.ask("comes back with other metadata: no new generation either", JoinGroup, 9, {
        ...joining(group, fixed),
        protocols: [{ name: "range", metadata: Buffer.from("other") }],
      });
      await back.ask("is taken out by its instance alone", LeaveGroup, 5, leave("", "instance"));
      await back.ask("is gone", Heartbeat, 4, beat(memberId, "instance"));
    },
  ],
  [
    "a static leader comes back: it leads, and need not assign again since v9",
    async ({ client, newGroup }) => {
      for (const version of [5, 8, 9]) {
        const groupId = newGroup();
        const one = client("old");
        const { memberId: former } = await one.ask("joins", JoinGroup, version, joining(groupId, fixed));
        const assignments = [{ memberId: former, assignment: Buffer.from("all") }];
        await one.ask("syncs", SyncGroup, 5, syncing(groupId, 1, former, { ...fixed, assignments }));
        const back = client("new");
        await back.ask("comes back", JoinGroup, version, joining(groupId, fixed));
        await back.ask("leaves", LeaveGroup, 5, { groupId, members: [{ memberId: "", groupInstanceId: "instance", reason: null }] });
      }
    },
  ],
  [
    "a static member's name",
    async ({ client, group, newGroup }) => {
      for (const [what, groupInstanceId] of [
        ["an empty one", ""],
        [".", "."],
        ["with a blank", "a b"],
        ["of 250 characters", "i".repeat(250)],
      ]) {
        const groupId = newGroup();
        await client("raw").ask(what, JoinGroup, 9, joining(groupId, { groupInstanceId }));
        await client("raw").ask("(and leaves)", LeaveGroup, 5, { groupId, members: [{ memberId: "", groupInstanceId, reason: null }] });
      }
      await client("raw").ask("a static stranger with an id", JoinGroup, 9, joining(group, { memberId: "invented", ...fixed }));
    },
  ],
];

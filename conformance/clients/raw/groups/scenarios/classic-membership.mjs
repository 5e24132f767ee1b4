// Dynamic members of classic groups: joining, syncing, beating, leaving, and what is wrong with each.
import { Heartbeat, JoinGroup, LeaveGroup, SyncGroup } from "@moldau/protocol";
import { joining, stableAlone, syncing } from "./bodies.mjs";

const heartbeat = (groupId, generationId, memberId) => ({ groupId, generationId, memberId, groupInstanceId: null });
const leave = (groupId, memberId) => ({ groupId, memberId, members: [{ memberId, groupInstanceId: null, reason: null }] });

export const classicMembership = [
  [
    "a request to join that is wrong",
    async ({ everyVersion, group }) => {
      await everyVersion("with an id that nobody gave", JoinGroup, joining(group, { memberId: "invented" }));
      await everyVersion("with a session of 1 ms", JoinGroup, joining(group, { sessionTimeoutMs: 1 }));
      await everyVersion("with a session of three hours", JoinGroup, joining(group, { sessionTimeoutMs: 10_800_000 }));
      await everyVersion("with a negative session", JoinGroup, joining(group, { sessionTimeoutMs: -1 }));
      await everyVersion("without protocols", JoinGroup, joining(group, { protocols: [] }));
      await everyVersion("without a type of protocol", JoinGroup, joining(group, { protocolType: "" }));
    },
  ],
  [
    "joining in one step (before v4) and in two (since)",
    async ({ client, group, newGroup }) => {
      for (const version of [0, 1, 3, 4, 5, 7, 9]) {
        const groupId = newGroup();
        const member = client("member");
        const { memberId, errorCode } = await member.ask("joins without an id", JoinGroup, version, joining(groupId));
        if (errorCode !== 0) await member.ask("joins with the id it was given", JoinGroup, version, joining(groupId, { memberId }));
        await member.ask("joins again, as it is", JoinGroup, version, joining(groupId, { memberId }));
        await member.ask("leaves", LeaveGroup, Math.min(version, 5), leave(groupId, memberId));
        await member.ask("joins with the id it had", JoinGroup, version, joining(groupId, { memberId }));
      }
      const pending = client("pending");
      const { memberId } = await pending.ask("is given an id", JoinGroup, 9, joining(group));
      await pending.ask("beats before it has joined", Heartbeat, 4, heartbeat(group, 0, memberId));
      await pending.ask("syncs before it has joined", SyncGroup, 5, syncing(group, 0, memberId));
      await pending.ask("leaves before it has joined", LeaveGroup, 5, leave(group, memberId));
      await pending.ask("leaves again", LeaveGroup, 5, leave(group, memberId));
    },
  ],
  [
    "a member alone: wrong generations, wrong ids, wrong protocols",
    async ({ client, everyVersion, group }) => {
      const a = client("a");
      const memberId = await stableAlone(a, group);
      await everyVersion("beats", Heartbeat, heartbeat(group, 1, memberId));
      await everyVersion("beats for an older generation", Heartbeat, heartbeat(group, 0, memberId));
      await everyVersion("beats for a generation to come", Heartbeat, heartbeat(group, 2, memberId));
      await everyVersion("beats for generation -1", Heartbeat, heartbeat(group, -1, memberId));
      await everyVersion("a stranger beats", Heartbeat, heartbeat(group, 1, "stranger"));
      await everyVersion("nobody beats", Heartbeat, heartbeat(group, 1, ""));
      await everyVersion("syncs again", SyncGroup, syncing(group, 1, memberId));
      await everyVersion("syncs for an older generation", SyncGroup, syncing(group, 0, memberId));
      await everyVersion("syncs for a generation to come", SyncGroup, syncing(group, 2, memberId));
      await everyVersion("a stranger syncs", SyncGroup, syncing(group, 1, "stranger"));
      await everyVersion("syncs another type of protocol", SyncGroup, syncing(group, 1, memberId, { protocolType: "connect" }), {
        from: 5,
      });
      await everyVersion("syncs another protocol", SyncGroup, syncing(group, 1, memberId, { protocolName: "roundrobin" }), { from: 5 });
      await everyVersion("syncs, naming no protocol", SyncGroup, syncing(group, 1, memberId, { protocolType: null, protocolName: null }), {
        from: 5,
      });
      await everyVersion("another joins with another type", JoinGroup, joining(group, { protocolType: "connect" }));
      const other = [{ name: "other", metadata: Buffer.from("m") }];
      await everyVersion("another joins with no protocol in common", JoinGroup, joining(group, { protocols: other }));
      await everyVersion("a stranger leaves", LeaveGroup, leave(group, "stranger"));
      const both = [memberId, "stranger"].map((id) => ({ memberId: id, groupInstanceId: null, reason: "tired" }));
      await a.ask("it and a stranger leave", LeaveGroup, 5, { groupId: group, members: both });
      await a.ask("beats after it left", Heartbeat, 4, heartbeat(group, 1, memberId));
      await a.ask("nobody leaves", LeaveGroup, 5, { groupId: group, members: [] });
    },
  ],
  [
    "two members: a rebalance, its leader, its follower",
    async ({ client, group }) => {
      const [a, b] = [client("a"), client("b")];
      const first = await stableAlone(a, group);
      const { memberId: second } = await b.ask("joins without an id", JoinGroup, 9, joining(group));
      const entered = b.ask("joins with the id it was given", JoinGroup, 9, joining(group, { memberId: second }));
      const told = client("a, on another connection");
      await told.ask(
        "beats until it is told of the rebalance",
        Heartbeat,
        4,
        heartbeat(group, 1, first),
        ({ errorCode }) => errorCode !== 0,
      );
      await told.ask("syncs during the rebalance", SyncGroup, 5, syncing(group, 1, first));
      await a.ask("joins again", JoinGroup, 9, joining(group, { memberId: first }));
      await entered;
      await told.ask("beats before it has synced", Heartbeat, 4, heartbeat(group, 2, first));
      const waits = b.ask("syncs, and waits for the leader", SyncGroup, 5, syncing(group, 2, second));
      const assignments = [first, second].map((memberId) => ({ memberId, assignment: Buffer.from(memberId === first ? "one" : "two") }));
      await a.ask("syncs, as leader", SyncGroup, 5, syncing(group, 2, first, { assignments }));
      await waits;
      await b.ask("joins again, as it is: a follower is given the same generation", JoinGroup, 9, joining(group, { memberId: second }));
      await b.ask("leaves", LeaveGroup, 5, leave(group, second));
      await told.ask("the leader is told", Heartbeat, 4, heartbeat(group, 2, first));
      await told.ask("the leader leaves", LeaveGroup, 5, leave(group, first));
    },
  ],
  [
    "which protocol is chosen",
    async ({ client, group }) => {
      const protocols = (...all) => all.map((name) => ({ name, metadata: Buffer.from(name[0]) }));
      const a = client("a");
      const { memberId } = await a.ask("joins", JoinGroup, 9, joining(group, { protocols: protocols("sticky", "range", "roundrobin") }));
      const own = joining(group, { memberId, protocols: protocols("sticky", "range", "roundrobin") });
      await a.ask("alone it has its first choice", JoinGroup, 9, own);
      const b = client("b");
      const theirs = joining(group, { protocols: protocols("roundrobin", "range") });
      const { memberId: second } = await b.ask("another joins", JoinGroup, 9, theirs);
      const entered = b.ask("with an id", JoinGroup, 9, { ...theirs, memberId: second });
      const beat = heartbeat(group, 1, memberId);
      await client("a, on another connection").ask("the first is told", Heartbeat, 4, beat, ({ errorCode }) => errorCode !== 0);
      await a.ask(
        "the first that all have",
        JoinGroup,
        9,
        joining(group, { memberId, protocols: protocols("sticky", "range", "roundrobin") }),
      );
      await entered;
      const gone = [memberId, second].map((id) => ({ memberId: id, groupInstanceId: null, reason: null }));
      await a.ask("both leave", LeaveGroup, 5, { groupId: group, members: gone });
    },
  ],
];

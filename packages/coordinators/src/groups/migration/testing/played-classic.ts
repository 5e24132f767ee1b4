// A consumer of the classic protocol as tests play it. An eager one gives up everything before it joins; a cooperative one goes on with
// what it has, and gives up what it was not given again. Answers may get lost on their way to it.
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  decodeVersioned,
  encodeVersioned,
  errorByCode,
  type Heartbeat,
  type JoinGroup,
  type ResponseInput,
  type SyncGroup,
} from "@moldau/protocol";
import type { PlayedConsumer } from "../../consumer/testing/played-consumer.js";
import type { GroupWorld } from "../../testing/group-world.js";

type JoinAnswer = ResponseInput<typeof JoinGroup>;

/** Where it stands: it is to join, waits for an answer, is to sync, or is in a generation. */
type Stage = "out" | "waiting" | "joined" | "in";

export function playedClassic(world: GroupWorld, name: string, cooperative: boolean, first: readonly string[]): PlayedConsumer {
  let memberId = "";
  let generation = -1;
  let stage: Stage = "out";
  let subscribed = first;
  let owned: ReadonlySet<string> = new Set();
  let leads: JoinAnswer | undefined;
  // answers to requests of a former stage are not its own any more
  let turn = 0;

  const caller = (version: number) => ({ version, clientId: name, clientHost: "/127.0.0.1" });
  /** Begins a turn: only its own answer counts, and not if it is lost. */
  const hearing = <Answer>(lost: boolean, hear: (answer: Answer) => void) => {
    const mine = ++turn;
    return (answer: unknown) => {
      if (!lost && mine === turn) hear(answer as Answer);
    };
  };

  const startOver = () => {
    stage = "out";
    generation = -1;
    owned = new Set();
  };

  const refused = (code: number): boolean => {
    const { name: error } = errorByCode(code);
    if (error === "NONE") return false;
    if (error === "UNKNOWN_MEMBER_ID") memberId = "";
    // its place is lost, and with it all that it had
    if (error === "UNKNOWN_MEMBER_ID" || error === "ILLEGAL_GENERATION") startOver();
    stage = "out";
    return true;
  };

  const join = (lost: boolean) => {
    if (!cooperative) owned = new Set();
    stage = "waiting";
    const metadata = encodeVersioned(ConsumerProtocolSubscription, 1, {
      topics: [...subscribed],
      userData: null,
      ownedPartitions: named(world, owned),
      generationId: generation,
      rackId: null,
    });
    world.ask(
      (ticket) => ({
        kind: "joinGroup",
        ticket,
        caller: caller(9),
        request: {
          groupId: "g",
          sessionTimeoutMs: 10_000,
          rebalanceTimeoutMs: 10_000,
          memberId,
          groupInstanceId: null,
          protocolType: "consumer",
          protocols: [{ name: "any", metadata }],
          reason: null,
        },
      }),
      hearing<JoinAnswer>(lost, (answer) => {
        if (errorByCode(answer.errorCode).name === "MEMBER_ID_REQUIRED") {
          memberId = answer.memberId;
          stage = "out";
        } else if (!refused(answer.errorCode)) {
          memberId = answer.memberId;
          generation = answer.generationId ?? -1;
          stage = "joined";
          leads = answer.leader === memberId ? answer : undefined;
        }
      }),
    );
  };

  const sync = (lost: boolean) => {
    stage = "waiting";
    world.ask(
      (ticket) => ({
        kind: "syncGroup",
        ticket,
        caller: caller(5),
        request: {
          groupId: "g",
          generationId: generation,
          memberId,
          groupInstanceId: null,
          protocolType: "consumer",
          protocolName: "any",
          assignments: leads ? assign(world, leads) : [],
        },
      }),
      hearing<ResponseInput<typeof SyncGroup>>(lost, ({ errorCode, assignment }) => {
        if (refused(errorCode)) return;
        const given = partitionsIn(world, assignment);
        const givenUp = [...owned].some((partition) => !given.has(partition));
        owned = given;
        // what a cooperative member has given up is another's only after it has joined again
        stage = cooperative && givenUp ? "out" : "in";
      }),
    );
  };

  const heartbeat = (lost: boolean) => {
    world.ask(
      (ticket) => ({
        kind: "heartbeat",
        ticket,
        caller: caller(4),
        request: { groupId: "g", generationId: generation, memberId, groupInstanceId: null },
      }),
      hearing<ResponseInput<typeof Heartbeat>>(lost, ({ errorCode }) => {
        refused(errorCode);
      }),
    );
  };

  return {
    memberId: () => memberId,
    owned: () => owned,
    topics: () => subscribed,
    beat(lost) {
      if (stage === "out") join(lost);
      else if (stage === "joined") sync(lost);
      else if (stage === "in") heartbeat(lost);
    },
    // a request that got no answer is given up at some time
    obey() {
      if (stage === "waiting") stage = "out";
    },
    subscribe(topics) {
      subscribed = topics;
      if (stage === "in") stage = "out";
    },
    leave() {
      turn++;
      if (memberId !== "")
        world.ask(
          (ticket) => ({
            kind: "leaveGroup",
            ticket,
            caller: caller(5),
            request: { groupId: "g", memberId, members: [{ memberId, groupInstanceId: null, reason: null }] },
          }),
          () => {},
        );
      startOver();
      memberId = "";
    },
  };
}

/** A leader's assignor: each topic's partitions in turn to those that subscribe; what another still has is given to nobody yet. */
function assign(world: GroupWorld, { members }: JoinAnswer): { memberId: string; assignment: Uint8Array }[] {
  const said = members.map(({ memberId, metadata }) => ({ memberId, ...decodeVersioned(ConsumerProtocolSubscription, metadata).value }));
  const given = new Map(said.map(({ memberId }) => [memberId, [] as { topic: string; partitions: number[] }[]]));
  for (const topic of new Set(said.flatMap(({ topics }) => topics))) {
    const subscribers = said.filter(({ topics }) => topics.includes(topic));
    const count = world.topics.byName(topic)?.partitionCount ?? 0;
    for (let partition = 0; partition < count; partition++) {
      const next = subscribers[partition % subscribers.length]?.memberId ?? "";
      const holder = said.find(({ ownedPartitions }) =>
        ownedPartitions.some((one) => one.topic === topic && one.partitions.includes(partition)),
      );
      if (!holder || holder.memberId === next) given.get(next)?.push({ topic, partitions: [partition] });
    }
  }
  return [...given].map(([memberId, assignedPartitions]) => ({
    memberId,
    assignment: encodeVersioned(ConsumerProtocolAssignment, 1, { assignedPartitions, userData: null }),
  }));
}

function partitionsIn(world: GroupWorld, bytes: Uint8Array): Set<string> {
  if (bytes.length === 0) return new Set();
  const { assignedPartitions } = decodeVersioned(ConsumerProtocolAssignment, bytes).value;
  return new Set(
    assignedPartitions.flatMap(({ topic, partitions }) => {
      const id = world.topics.byName(topic)?.id;
      return id === undefined ? [] : partitions.map((partition) => `${id}/${partition}`);
    }),
  );
}

function named(world: GroupWorld, owned: ReadonlySet<string>): { topic: string; partitions: number[] }[] {
  return [...owned].flatMap((key) => {
    const [id = "", partition = ""] = key.split("/");
    const topic = [...world.topics.names()].find((one) => world.topics.byName(one)?.id === id);
    return topic === undefined ? [] : [{ topic, partitions: [Number(partition)] }];
  });
}

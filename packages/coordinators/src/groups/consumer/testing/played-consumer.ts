// A consumer of the KIP-848 protocol as tests play it: it may be slow to give up partitions, and answers may get lost on their way to it.
import { ConsumerGroupHeartbeat, errorByCode, type RequestOf, type ResponseInput } from "@moldau/protocol";
import type { GroupWorld } from "../../testing/group-world.js";

type Answer = ResponseInput<typeof ConsumerGroupHeartbeat>;

/** What any consumer of a test can do, whatever protocol it speaks. */
export interface PlayedConsumer {
  memberId(): string;
  /** What it believes that it may read: "topic id/partition". */
  owned(): ReadonlySet<string>;
  /** Names of the topics that it subscribes to. */
  topics(): readonly string[];
  /** Beats, or joins when it must. Its answer may get lost. */
  beat(lost: boolean): void;
  /** Does what it was told last: gives up what it should not have, takes what it should. */
  obey(): void;
  subscribe(topics: readonly string[]): void;
  leave(): void;
}

export function playedConsumer(
  world: GroupWorld,
  name: string,
  instanceId: string | null,
  first: readonly string[],
): PlayedConsumer & { away(): void } {
  let life = 0;
  let epoch = 0;
  let subscribed = first;
  let owned: ReadonlySet<string> = new Set();
  let told: ReadonlySet<string> | undefined;
  let unsure = true;
  let present = false;
  const memberId = () => `${name}.${life}`;

  const startOver = () => {
    epoch = 0;
    owned = new Set();
    told = undefined;
    unsure = true;
  };

  const hear = (answer: Answer) => {
    const { name: error } = errorByCode(answer.errorCode);
    if (error === "UNRELEASED_INSTANCE_ID") return;
    if (error !== "NONE") return startOver();
    epoch = answer.memberEpoch;
    unsure = false;
    if (answer.assignment) told = keys(answer.assignment.topicPartitions);
  };

  const ask = (fields: Partial<RequestOf<typeof ConsumerGroupHeartbeat>>, hears: (answer: Answer) => void) =>
    world.ask(
      (ticket) => ({
        kind: "consumerGroupHeartbeat",
        ticket,
        caller: { version: ConsumerGroupHeartbeat.request.versions.max, clientId: name, clientHost: "/127.0.0.1" },
        request: {
          groupId: "g",
          memberId: memberId(),
          memberEpoch: epoch,
          instanceId,
          rackId: null,
          rebalanceTimeoutMs: -1,
          subscribedTopicNames: null,
          subscribedTopicRegex: null,
          serverAssignor: null,
          topicPartitions: null,
          ...fields,
        },
      }),
      (answer) => hears(answer as Answer),
    );

  return {
    memberId,
    owned: () => owned,
    topics: () => subscribed,
    beat(lost) {
      present = true;
      const isComplete = epoch === 0 || unsure;
      // Who says everything is told everything: what it was told before and has not done it may not do any more, as it has said that it
      // does not have it. Until it has done what it was told it does not speak of what it has.
      if (isComplete) told = undefined;
      const has = told === undefined || told === owned ? listed(owned) : null;
      const all = { rebalanceTimeoutMs: 10_000, subscribedTopicNames: [...subscribed], topicPartitions: listed(owned) };
      const fields = isComplete ? all : { topicPartitions: has };
      unsure = true;
      ask(fields, lost ? () => {} : hear);
    },
    obey() {
      owned = told ?? owned;
    },
    subscribe(topics) {
      subscribed = topics;
      unsure = true;
    },
    leave() {
      if (present) ask({ memberEpoch: -1 }, () => {});
      startOver();
      present = false;
      life++;
    },
    away() {
      if (instanceId === null || epoch <= 0) return;
      ask({ memberEpoch: -2 }, () => {});
      startOver();
      life++;
    },
  };
}

const keys = (list: Iterable<{ readonly topicId: string; readonly partitions: readonly number[] }>): Set<string> =>
  new Set([...list].flatMap(({ topicId, partitions }) => partitions.map((partition) => `${topicId}/${partition}`)));

function listed(owned: ReadonlySet<string>): { topicId: string; partitions: number[] }[] {
  const byTopic = new Map<string, number[]>();
  for (const key of owned) {
    const [topic = "", partition = ""] = key.split("/");
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), Number(partition)]);
  }
  return [...byTopic].map(([topicId, partitions]) => ({ topicId, partitions }));
}

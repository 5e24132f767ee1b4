// Who may own what, folded: members with equal subscriptions form a class, and topics with equal subscribers form a pool.
// Most groups have one class and one pool, however many members and topics; what assignors do per class and pool is then free.
import type { TopicId } from "@moldau/std";
import type { AssignorInput, AssignorMember, AssignorTopic } from "./assignor.js";

/** Members that subscribe to the same topics, by their positions in `Subscribers.members`. */
export interface SubscriberClass {
  readonly topicIds: ReadonlySet<TopicId>;
  readonly members: readonly number[];
}

/** Topics that the same classes subscribe to. */
export interface TopicPool {
  readonly topics: readonly AssignorTopic[];
  readonly classes: readonly number[];
}

export interface Subscribers {
  readonly members: readonly AssignorMember[];
  readonly classes: readonly SubscriberClass[];
  /** Class of each member. */
  readonly classOf: Int32Array;
  /** Only topics that exist and have a subscriber. */
  readonly pools: readonly TopicPool[];
}

export function subscribers({ members: byId, topics }: AssignorInput): Subscribers {
  const members = [...byId.values()];
  const { classes, classOf } = classify(members);
  return { members, classes, classOf, pools: pool(classes, topics) };
}

/** All members of a pool's classes. */
export const poolMembers = ({ classes }: Subscribers, pool: TopicPool): number[] =>
  pool.classes.flatMap((index) => classes[index]?.members ?? []);

function classify(members: readonly AssignorMember[]): Pick<Subscribers, "classes" | "classOf"> {
  const classes: { readonly topicIds: ReadonlySet<TopicId>; readonly members: number[] }[] = [];
  const classOf = new Int32Array(members.length);
  const bySet = new Map<ReadonlySet<TopicId>, number>();
  const byFingerprint = new Map<number, number[]>();
  const fingerprint = setFingerprint();

  const findClass = (topicIds: ReadonlySet<TopicId>): number => {
    const print = fingerprint(topicIds);
    const alike = byFingerprint.get(print) ?? [];
    for (const index of alike) if (sameSet(classes[index]?.topicIds, topicIds)) return index;
    byFingerprint.set(print, [...alike, classes.length]);
    return classes.push({ topicIds, members: [] }) - 1;
  };

  for (const [position, { topicIds }] of members.entries()) {
    const index = bySet.get(topicIds) ?? findClass(topicIds);
    bySet.set(topicIds, index);
    classOf[position] = index;
    classes[index]?.members.push(position);
  }
  return { classes, classOf };
}

function pool(classes: readonly SubscriberClass[], topics: AssignorInput["topics"]): TopicPool[] {
  const classesOf = new Map<TopicId, number[]>();
  for (const [index, { topicIds }] of classes.entries()) {
    for (const topicId of topicIds) {
      const list = classesOf.get(topicId);
      if (list) list.push(index);
      else classesOf.set(topicId, [index]);
    }
  }
  const pools = new Map<string, { readonly topics: AssignorTopic[]; readonly classes: readonly number[] }>();
  for (const [topicId, list] of classesOf) {
    const topic = topics.get(topicId);
    if (!topic || topic.partitionCount === 0) continue;
    const key = list.join(); // ascending, as classes were visited in turn
    const known = pools.get(key);
    if (known) known.topics.push(topic);
    else pools.set(key, { topics: [topic], classes: list });
  }
  return [...pools.values()];
}

/** A number that equal sets have in common, whatever their order: the sum of one scattered number per element. */
function setFingerprint(): (topicIds: ReadonlySet<TopicId>) => number {
  const scattered = new Map<TopicId, number>();
  const scatter = (topicId: TopicId): number => {
    const known = scattered.get(topicId);
    if (known !== undefined) return known;
    const mixed = Math.imul(scattered.size + 1, 0x9e3779b1);
    const value = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
    scattered.set(topicId, value);
    return value;
  };
  return (topicIds) => {
    let sum = topicIds.size;
    for (const topicId of topicIds) sum = (sum + scatter(topicId)) | 0;
    return sum;
  };
}

function sameSet(one: ReadonlySet<TopicId> | undefined, other: ReadonlySet<TopicId>): boolean {
  if (one?.size !== other.size) return false;
  for (const element of other) if (!one.has(element)) return false;
  return true;
}

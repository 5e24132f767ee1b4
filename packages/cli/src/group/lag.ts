// How much of each partition a group has left to read.
import type { Admin, GroupDescription, GroupOffset, MemberDescription } from "@moldau/client";

export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** Undefined when nothing was committed. */
  readonly committed: number | undefined;
  /** Undefined when the topic is gone. */
  readonly end: number | undefined;
  readonly lag: number | undefined;
  /** Who reads it, if anybody does. */
  readonly member: MemberDescription | undefined;
}

/** Of all partitions that have an offset, and those that members read. */
export async function lagOf({ groups, offsets, shareOffsets }: Admin, group: GroupDescription): Promise<readonly PartitionLag[]> {
  const committed = group.type === "share" ? await shareStarts(shareOffsets, group.groupId) : (await groups.offsets([group.groupId]))[0];
  const readers = new Map(group.members.flatMap((member) => member.assignment.map((read) => [keyOf(read), member])));
  const places = new Map((committed ?? []).map((place) => [keyOf(place), place]));
  const all = new Map(
    [...(committed ?? []), ...group.members.flatMap(({ assignment }) => assignment)].map(({ topic, partition }) => [
      keyOf({ topic, partition }),
      { topic, partition, at: "latest" as const },
    ]),
  );
  const ends = await offsets.list([...all.values()]).outcomes();
  const lags = ends.map(({ item: { topic, partition }, ...outcome }) => {
    const key = keyOf({ topic, partition });
    const offset = places.get(key)?.offset;
    const end = "value" in outcome ? outcome.value.offset : undefined;
    const lag = offset === undefined || end === undefined ? undefined : Math.max(0, end - offset);
    return { topic, partition, committed: offset, end, lag, member: readers.get(key) };
  });
  return lags.sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
}

async function shareStarts(shareOffsets: Admin["shareOffsets"], groupId: string): Promise<readonly GroupOffset[]> {
  const [starts = []] = await shareOffsets.describe([groupId]);
  return starts.map(({ topic, partition, startOffset }) => ({ topic, partition, offset: startOffset }));
}

const keyOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }): string => `${topic} ${partition}`;

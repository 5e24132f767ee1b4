// Where to begin in each partition, and where it ends now.
import type { Admin, Isolation, OffsetSpec, TopicPartition } from "@moldau/client";
import type { TopicAndPartitions } from "../client/flags.js";
import { type Place, questionOf } from "../client/place.js";
import { CommandFailed } from "../exit.js";
import { countText } from "../text.js";

export interface Span extends TopicPartition {
  readonly start: number;
  /** After the last record that can be read now. */
  readonly end: number;
}

export type Begin = Place | { readonly kind: "tail"; readonly count: number };

/** Rejects with ClientError. */
export async function spansOf(
  { topics, offsets }: Admin,
  named: readonly TopicAndPartitions[],
  begin: Begin,
  isolation: Isolation,
): Promise<readonly Span[]> {
  const described = await topics.describe([...new Set(named.map(({ topic }) => topic))]);
  const indexes = new Map(described.map(({ topic, partitions }) => [topic, partitions.map(({ partition }) => partition)]));
  const all = named.flatMap(({ topic, partitions }) => {
    const existing = indexes.get(topic) ?? [];
    const missing = partitions?.find((partition) => !existing.includes(partition));
    if (missing !== undefined) throw new CommandFailed(`${topic} has ${countText(existing.length, "partition")}, and no ${missing}.`);
    return (partitions ?? existing).map((partition) => ({ topic, partition }));
  });
  const ask = async (at: OffsetSpec) => {
    const found = await offsets.list(
      all.map((place) => ({ ...place, at })),
      { isolation },
    );
    return found.map(({ offset }) => offset);
  };
  const [starts, ends] = await Promise.all([ask("earliest"), ask("latest")]);
  const byTime = begin.kind === "time" ? await ask(questionOf(begin)) : [];
  return all.map((place, index) => {
    const first = starts[index] ?? 0;
    const end = ends[index] ?? first;
    return { ...place, start: Math.min(Math.max(wanted(begin, first, end, byTime[index]), first), end), end };
  });
}

function wanted(begin: Begin, first: number, end: number, byTime: number | undefined): number {
  switch (begin.kind) {
    case "earliest":
      return first;
    case "latest":
      return end;
    case "offset":
      return begin.offset;
    case "time":
      return byTime ?? end;
    case "tail":
      return end - begin.count;
  }
}

export const keyOf = ({ topic, partition }: TopicPartition): string => `${topic} ${partition}`;

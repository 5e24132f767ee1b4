// Reads from where it was told to, prints what passes, and stops in good order.
import type { Consumer, ConsumerOptions, Isolation, StartFrom, TopicPartition } from "@moldau/client";
import { systemClock } from "@moldau/env";
import { type ClientFlags, type TopicAndPartitions, topicAndPartitions, wholeNumber } from "../client/flags.js";
import { parsePlace } from "../client/place.js";
import { withClient } from "../client/with-client.js";
import { UsageError } from "../exit.js";
import type { CommandIo } from "../io.js";
import { type FilterFlags, filterOf } from "./filter.js";
import { type Format, type FormatFlags, formatOf } from "./format.js";
import { type Begin, keyOf, type Span, spansOf } from "./span.js";
import { watchOver } from "./watch.js";

export interface ConsumeFlags extends Omit<ClientFlags, "json">, FormatFlags, FilterFlags {
  readonly from?: string;
  readonly tail?: string;
  readonly exit?: true;
  readonly max?: string;
  readonly idle?: string;
  readonly group?: string;
  readonly uncommitted?: true;
}

export async function consume(io: CommandIo, names: readonly string[], flags: ConsumeFlags): Promise<void> {
  const named = names.map((name) => topicAndPartitions(name, "a topic"));
  const begin = beginOf(flags);
  const max = flags.max === undefined ? Number.POSITIVE_INFINITY : wholeNumber(flags.max, "--max", 1);
  const idleMs = flags.idle === undefined ? undefined : wholeNumber(flags.idle, "--idle", 1) * 1000;
  const isolation: Isolation = flags.uncommitted ? "read_uncommitted" : "read_committed";
  const printer = { format: formatOf(flags), passes: filterOf(flags), max };
  await withClient(io, flags, async (client) => {
    const signal = io.interruption();
    const spans = await spansOf(client.admin(), named, begin, isolation);
    const toEnd = flags.exit ? spans.filter(({ start, end }) => flags.group !== undefined || start < end) : undefined;
    if (toEnd?.length === 0) return;
    // A group that left out what it was given would never get it again.
    const ends = flags.group === undefined ? endsOf(toEnd ?? []) : undefined;
    const where = flags.group === undefined ? assigned(toEnd ?? spans) : inGroup(flags.group, named, begin);
    const consumer = client.consumer({ ...where, isolation, signal, autoCommitMs: flags.group === undefined ? false : 1_000 });
    const watch = watchOver(client, consumer, { toEnd, idleMs });
    try {
      const next = await print(io, consumer, printer, ends, watch.came);
      // A batch that is left in the middle does not count as processed: what was printed of it does.
      if (next) consumer.seek(next);
    } finally {
      watch.stop();
      await consumer.close();
    }
  });
}

/** Throws UsageError. */
function beginOf({ from, tail, group }: ConsumeFlags): Begin {
  if (from !== undefined && tail !== undefined) throw new UsageError("Either --from or --tail.");
  const begin: Begin =
    tail === undefined ? parsePlace(from ?? "end", "--from", systemClock.now()) : { kind: "tail", count: wholeNumber(tail, "--tail") };
  if (group !== undefined && (begin.kind === "tail" || begin.kind === "offset")) {
    throw new UsageError('A group begins at the beginning, the end or a time; "moldau group reset-offsets" moves it elsewhere.');
  }
  return begin;
}

const assigned = (spans: readonly Span[]): ConsumerOptions => ({
  assign: spans.map(({ topic, partition, start }) => ({ topic, partition, offset: start })),
});

function inGroup(group: string, named: readonly TopicAndPartitions[], begin: Begin): ConsumerOptions {
  if (named.some(({ partitions }) => partitions)) throw new UsageError("A group shares out partitions by itself: name topics only.");
  return { group, topics: named.map(({ topic }) => topic), from: startFrom(begin) };
}

function startFrom(begin: Begin): StartFrom {
  if (begin.kind === "time") return { timestamp: begin.timeMs };
  return begin.kind === "earliest" ? "earliest" : "latest";
}

const endsOf = (spans: readonly Span[]): ReadonlyMap<string, number> => new Map(spans.map((span) => [keyOf(span), span.end]));

interface Printer {
  readonly format: Format;
  readonly passes: ReturnType<typeof filterOf>;
  readonly max: number;
}

/** Resolves, when it stops in the middle of a batch, to what would come next. */
async function print(
  io: CommandIo,
  consumer: Consumer,
  { format, passes, max }: Printer,
  ends: ReadonlyMap<string, number> | undefined,
  came: () => void,
): Promise<(TopicPartition & { readonly offset: number }) | undefined> {
  let left = max;
  for await (const batch of consumer.batches()) {
    came();
    const parts: Uint8Array[] = [];
    const end = ends?.get(keyOf(batch)) ?? Number.POSITIVE_INFINITY;
    let after = batch.firstOffset;
    for (const record of batch.records) {
      if (record.offset >= end) break;
      after = record.offset + 1;
      if (!passes(record)) continue;
      format(record, parts);
      if (--left === 0) break;
    }
    if (parts.length > 0) await io.write(Buffer.concat(parts));
    if (left > 0) continue;
    return { topic: batch.topic, partition: batch.partition, offset: after };
  }
  return undefined;
}

// `moldau log dump`: batches and records as they are stored, of a data directory by partition, of a file in its order.
import { batchBaseOffset, batchLastOffset } from "@moldau/records";
import {
  extentBatches,
  isDamage,
  type LogsOnDisk,
  type StoredBatch,
  type StoredItem,
  type StoredPartition,
  storedPartitions,
  tailBatches,
} from "@moldau/storage";
import { CommandFailed, EXIT, UsageError } from "../exit.js";
import type { CommandIo } from "../io.js";
import { progressLine } from "../progress.js";
import { jsonLine } from "../text.js";
import { type BatchPrinter, batchPrinter } from "./batch-printer.js";
import { batchesOfFile } from "./file-batches.js";
import { findingJson, findingText } from "./findings-text.js";
import { type OffsetRange, offsetRange } from "./offset-range.js";
import { byName, noSuchTopic } from "./partitions.js";
import { forEachTarget, type Target } from "./targets.js";
import type { TopicNames } from "./topic-names.js";

export interface DumpFlags {
  readonly topic?: string;
  readonly partition?: string;
  readonly offset?: string;
  readonly max?: string;
  readonly records?: true;
  readonly json?: true;
}

export async function dump(io: CommandIo, paths: readonly string[], flags: DumpFlags): Promise<void> {
  const range = offsetRange(flags.offset);
  const partition = flags.partition === undefined ? undefined : wholeNumber("--partition", flags.partition);
  const max = flags.max === undefined ? Number.POSITIVE_INFINITY : wholeNumber("--max", flags.max);
  const progress = progressLine(io, "reading the journal");
  await forEachTarget(paths, io.currentDirectory, progress.add, async (target) => {
    progress.clear();
    const { names } = target;
    if (names.problem !== undefined) io.error(`moldau: ${names.problem}\n`);
    const printer = batchPrinter({ names, range, json: flags.json === true, withRecords: flags.records === true, max });
    for await (const item of itemsOf(target, { ...flags, only: partition, range })) {
      const isLast = await printItem(io, printer, item, names, flags.json === true);
      if (isLast) return;
    }
  });
}

/** Prints the item; true when there is to be no more. */
async function printItem(
  io: CommandIo,
  printer: BatchPrinter,
  { batch, finding }: StoredItem,
  names: TopicNames,
  json: boolean,
): Promise<boolean> {
  if (finding) {
    if (isDamage(finding)) io.exitWith(EXIT.damaged);
    if (json) await io.write(jsonLine(findingJson(finding, names)));
    else io.error(`${findingText(finding, names)}\n`);
    return false;
  }
  if (batch.fault) io.exitWith(EXIT.damaged);
  for (const line of printer.lines(batch)) await io.write(line);
  return printer.isFull();
}

interface Wanted {
  readonly topic?: string;
  readonly only: number | undefined;
  readonly range: OffsetRange;
}

async function* itemsOf(target: Target, wanted: Wanted): AsyncIterable<StoredItem> {
  const { range, only, topic } = wanted;
  if (target.kind === "directory") yield* directoryItems(target.logs, target.names, wanted);
  else {
    if (topic !== undefined) throw new UsageError("--topic is for data directories: a file has what it has.");
    for await (const item of batchesOfFile(target.file)) {
      const { batch } = item;
      if (!batch) yield item;
      else if (within(batch, range) && (only === undefined || !batch.partition || batch.partition.index === only)) yield item;
    }
  }
}

async function* directoryItems(logs: LogsOnDisk, names: TopicNames, { topic, only, range }: Wanted): AsyncIterable<StoredItem> {
  const topicId = topic === undefined ? undefined : names.idOf(topic);
  const all = await storedPartitions(logs);
  const wanted = all.filter(
    ({ partition }) => (topic === undefined || partition.topicId === topicId) && (only === undefined || partition.index === only),
  );
  if (topic !== undefined && wanted.length === 0) {
    throw new CommandFailed(
      only === undefined ? noSuchTopic(topic, logs, names) : `There are no records of partition ${only} of topic ${topic}.`,
    );
  }
  for (const finding of logs.findings) yield { finding };
  for (const one of wanted.sort((a, b) => byName(a, b, names))) yield* partitionItems(logs, one, range);
}

/** What readers of the partition are given, from the log start on. */
async function* partitionItems(logs: LogsOnDisk, one: StoredPartition, range: OffsetRange): AsyncIterable<StoredItem> {
  const { partition, extents, endOffset = 0, logStartOffset = 0, tail } = one;
  const from = Math.max(range.from, logStartOffset);
  for await (const item of extentBatches(logs.blobs, partition, extents, from)) {
    if (item.batch && batchBaseOffset(item.batch.bytes, 0) > range.through) return;
    yield item;
  }
  const fromOffset = Math.max(from, endOffset);
  for await (const item of tailBatches(logs.journal, tail?.groups ?? [], { partition, fromOffset })) {
    if (item.batch && !item.batch.fault && batchBaseOffset(item.batch.bytes, 0) > range.through) return;
    yield item;
  }
}

const within = ({ bytes, fault }: StoredBatch, { from, through }: OffsetRange): boolean =>
  fault !== undefined || (batchLastOffset(bytes, 0) >= from && batchBaseOffset(bytes, 0) <= through);

function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${flag} needs a number, and "${text}" is not.`);
  return Number(text);
}

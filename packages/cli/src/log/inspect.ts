// `moldau log inspect`: what is in a data directory or a file, without judging whether it is whole.
import { type DescribedSegment, describedSegments, type LogsOnDisk, type StoredPartition, storedPartitions } from "@moldau/storage";
import { CommandFailed } from "../exit.js";
import type { CommandIo } from "../io.js";
import { progressLine } from "../progress.js";
import { bytesText, countText, jsonLine, table } from "../text.js";
import { findingJson, findingText } from "./findings-text.js";
import { inspectFile } from "./inspect-file.js";
import { type JournalFacts, journalFacts, journalFileFacts } from "./journal-facts.js";
import { byName, endOf, extentBytes, nameOf, noSuchTopic, startOf } from "./partitions.js";
import { forEachTarget, type Target } from "./targets.js";
import type { TopicNames } from "./topic-names.js";

export interface InspectFlags {
  readonly topic?: string;
  readonly files?: true;
  readonly json?: true;
}

type DirectoryTarget = Extract<Target, { kind: "directory" }>;

export async function inspect(io: CommandIo, paths: readonly string[], flags: InspectFlags): Promise<void> {
  const progress = progressLine(io, "reading");
  await forEachTarget(paths, io.currentDirectory, progress.add, async (target) => {
    progress.clear();
    if (target.names.problem !== undefined) io.error(`moldau: ${target.names.problem}\n`);
    if (target.kind === "file") return inspectFile(io, target.file, target.names, flags.json === true);
    const overview = await overviewOf(target, flags);
    await io.write(flags.json ? overviewJson(target, overview) : overviewText(target, overview, flags));
  });
}

interface Overview {
  readonly journal: JournalFacts;
  readonly partitions: readonly StoredPartition[];
  readonly segments: readonly DescribedSegment[];
}

async function overviewOf({ logs, names }: DirectoryTarget, { topic }: InspectFlags): Promise<Overview> {
  const segments: DescribedSegment[] = [];
  for await (const segment of describedSegments(logs)) segments.push(segment);
  const all = [...(await storedPartitions(logs))].sort((a, b) => byName(a, b, names));
  const wanted = topic === undefined ? undefined : names.idOf(topic);
  if (topic !== undefined && !all.some(({ partition }) => partition.topicId === wanted))
    throw new CommandFailed(noSuchTopic(topic, logs, names));
  const partitions = topic === undefined ? all : all.filter(({ partition }) => partition.topicId === wanted);
  return { journal: journalFacts(logs), partitions, segments };
}

function overviewText(target: DirectoryTarget, { journal, partitions, segments }: Overview, flags: InspectFlags): string {
  const { logs, names } = target;
  const parts = [summaryText(target, journal, segments)];
  parts.push(flags.topic === undefined ? topicsText(partitions, names) : partitionsText(partitions));
  if (flags.files) parts.push(journalFilesText(logs));
  if (flags.files && segments.length > 0) parts.push(segmentsText(segments));
  if (logs.findings.length > 0) parts.push(logs.findings.map((finding) => `${findingText(finding, names)}\n`).join(""));
  return parts.join("\n");
}

function summaryText({ logs, usedBy, names }: DirectoryTarget, journal: JournalFacts, segments: readonly DescribedSegment[]): string {
  const { catalog, directoryId } = logs;
  const promoted = segments.filter(({ isPromoted }) => isPromoted).length;
  const unreferenced = segments.filter(({ extentCount }) => extentCount === 0);
  const lines: (readonly [string, string])[] = [
    ["directory", `${logs.directory}${directoryId === undefined ? "" : ` (id ${directoryId})`}`],
    ["in use", usedBy === undefined ? "no" : `by process ${usedBy}; it may change meanwhile`],
    ["cluster", names.clusterId ?? "unknown"],
    ["catalog", catalog ? bytesText(catalog.sizeBytes) : "none that is whole"],
    ["journal", journalText(journal)],
    [
      "segments",
      `${countText(segments.length, "file")}, ${bytesText(sizeOf(segments))}${promoted > 0 ? `; ${promoted} were journal files` : ""}`,
    ],
  ];
  if (unreferenced.length > 0 && usedBy === undefined)
    lines.push([
      "",
      `${unreferenced.length} of them (${bytesText(sizeOf(unreferenced))}) are referred to by nothing: the next start deletes them`,
    ]);
  return lines.map(([name, value]) => `${name.padEnd(10)} ${value}\n`).join("");
}

const sizeOf = (files: readonly { readonly sizeBytes: number }[]): number => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

function journalText({ brokerId, files, sizeBytes, pending, consolidatedThrough }: JournalFacts): string {
  const whose = brokerId === undefined ? "" : ` of broker ${brokerId}`;
  const size = `${countText(files, "file")}${whose}, ${bytesText(sizeBytes)}`;
  if (pending.groups === 0 && consolidatedThrough === 0) return `${size}; nothing was written yet`;
  if (pending.groups === 0) return `${size}; every group through ${consolidatedThrough} is in segments`;
  const range = `groups ${pending.firstSequence} to ${pending.lastSequence}`;
  return `${size}; ${range} (${countText(pending.batches, "batch", "batches")}, ${bytesText(pending.bytes)}) are not in segments yet`;
}

function topicsText(partitions: readonly StoredPartition[], names: TopicNames): string {
  const topics = new Map<string, StoredPartition[]>();
  for (const partition of partitions) {
    const name = nameOf(partition, names);
    const known = topics.get(name);
    if (known) known.push(partition);
    else topics.set(name, [partition]);
  }
  for (const name of names.names) if (!topics.has(name)) topics.set(name, []);
  const rows = Array.from(topics, ([name, all]) => [
    name,
    Math.max(all.length, names.partitionCount(name)),
    all.reduce((sum, partition) => sum + endOf(partition) - startOf(partition), 0),
    all.reduce((sum, { extents }) => sum + extents.length, 0),
    bytesText(all.reduce((sum, partition) => sum + extentBytes(partition), 0)),
    bytesText(all.reduce((sum, { tail }) => sum + (tail?.sizeBytes ?? 0), 0)),
  ]);
  if (rows.length === 0) return "There are no topics.\n";
  rows.sort(([a], [b]) => String(a).localeCompare(String(b), "en"));
  return table(["TOPIC", "PARTITIONS", "OFFSETS", "EXTENTS", "IN SEGMENTS", "IN JOURNAL"], rows);
}

function partitionsText(partitions: readonly StoredPartition[]): string {
  const rows = partitions.map((one) => [
    one.partition.index,
    startOf(one),
    endOf(one),
    one.extents.length,
    bytesText(extentBytes(one)),
    one.tail ? `${bytesText(one.tail.sizeBytes)} from offset ${one.tail.firstOffset}` : "-",
  ]);
  const extents = partitions.flatMap(({ partition, extents }) =>
    extents.map((extent) => [
      partition.index,
      extent.baseOffset,
      extent.lastOffset,
      extent.recordCount,
      extent.segmentId.toString(16).padStart(12, "0"),
      extent.position,
      extent.lengthBytes,
    ]),
  );
  const parts = [table(["PARTITION", "FIRST", "END", "EXTENTS", "IN SEGMENTS", "IN JOURNAL"], rows)];
  if (extents.length > 0) parts.push(table(["PARTITION", "FIRST", "LAST", "RECORDS", "SEGMENT", "POSITION", "BYTES"], extents));
  return parts.join("\n");
}

function journalFilesText(logs: LogsOnDisk): string {
  const rows = logs.journal.files.map((file) => {
    const { name, sizeBytes, groups, firstSequence, lastSequence, usedBytes, olderGroups } = journalFileFacts(file);
    return [name, bytesText(sizeBytes), groups, firstSequence ?? "-", lastSequence ?? "-", bytesText(usedBytes), olderGroups];
  });
  return table(["JOURNAL FILE", "SIZE", "GROUPS", "FIRST", "LAST", "USED", "OLDER GROUPS"], rows);
}

function segmentsText(segments: readonly DescribedSegment[]): string {
  const rows = segments.map(({ key, sizeBytes, isPromoted, partitionCount, extentCount }) => [
    key,
    bytesText(sizeBytes),
    partitionCount ?? "-",
    extentCount ?? "-",
    isPromoted ? "journal file" : extentCount === 0 ? "unreferenced" : "",
  ]);
  return table(["SEGMENT", "SIZE", "PARTITIONS", "EXTENTS", ""], rows);
}

function overviewJson({ logs, usedBy, names }: DirectoryTarget, { journal, partitions, segments }: Overview): string {
  const { directory: path, directoryId = null, catalog, findings } = logs;
  const head = {
    type: "directory",
    path,
    directoryId,
    clusterId: names.clusterId ?? null,
    usedByProcess: usedBy === undefined ? null : Number(usedBy),
    catalogBytes: catalog?.sizeBytes ?? null,
    journal,
    topicCount: names.names.length,
    segmentCount: segments.length,
    segmentBytes: sizeOf(segments),
  };
  const lines: unknown[] = [head];
  for (const file of logs.journal.files) lines.push({ type: "journal-file", ...journalFileFacts(file) });
  for (const { path, segmentId, sizeBytes, isPromoted, extentCount = null, partitionCount = null } of segments)
    lines.push({ type: "segment", path, segmentId, sizeBytes, isPromoted, partitionCount, extentCount });
  for (const one of partitions) lines.push(partitionJson(one, names));
  for (const finding of findings) lines.push(findingJson(finding, names));
  return lines.map(jsonLine).join("");
}

function partitionJson(one: StoredPartition, names: TopicNames) {
  const { partition, extents, tail } = one;
  return {
    type: "partition",
    topic: names.nameOf(partition.topicId) ?? null,
    topicId: partition.topicId,
    partition: partition.index,
    logStartOffset: startOf(one),
    endOffset: endOf(one),
    extentBytes: extentBytes(one),
    extents: extents.map(({ segmentId, baseOffset, lastOffset, position, lengthBytes }) => ({
      segmentId,
      baseOffset,
      lastOffset,
      position,
      lengthBytes,
    })),
    journal: tail ? { firstOffset: tail.firstOffset, lastOffset: tail.lastOffset, batches: tail.batchCount, bytes: tail.sizeBytes } : null,
  };
}

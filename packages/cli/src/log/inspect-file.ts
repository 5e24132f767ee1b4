// `moldau log inspect FILE`: what kind of file it is, and what it has of which partition.
import { batchLastOffset, readBatchHeader } from "@moldau/records";
import { type Finding, isDamage, type LogFile, type StoredBatch } from "@moldau/storage";
import type { CommandIo } from "../io.js";
import { bytesText, jsonLine, table, timeText } from "../text.js";
import { batchesOfFile } from "./file-batches.js";
import { findingJson, findingText } from "./findings-text.js";
import { journalFileFacts } from "./journal-facts.js";
import { partitionText, type TopicNames } from "./topic-names.js";

interface PartitionInFile {
  readonly name: string;
  firstOffset: number;
  lastOffset: number;
  batches: number;
  records: number;
  bytes: number;
  damagedBatches: number;
  maxTimestamp: number;
  readonly compressions: Set<string>;
}

const KINDS = { journal: "journal file", segment: "segment", batches: "file of batches (Kafka's .log)" } as const;

export async function inspectFile(io: CommandIo, file: LogFile, names: TopicNames, json: boolean): Promise<void> {
  const partitions = new Map<string, PartitionInFile>();
  const findings: Finding[] = [];
  for await (const { batch, finding } of batchesOfFile(file)) {
    if (finding) findings.push(finding);
    else count(partitions, batch, names);
  }
  const facts = factsOf(file);
  if (json) {
    const lines = [{ type: "file", path: file.path, kind: file.kind, sizeBytes: file.sizeBytes, ...facts }];
    const rows = Array.from(partitions.values(), ({ name, compressions, ...rest }) => ({
      type: "partition",
      name,
      ...rest,
      compressions: [...compressions],
    }));
    await io.write([...lines, ...rows, ...findings.map((finding) => findingJson(finding, names))].map(jsonLine).join(""));
    return;
  }
  await io.write(`${file.path}: ${KINDS[file.kind]}, ${bytesText(file.sizeBytes)}\n`);
  for (const [name, value] of Object.entries(facts)) if (value !== null) await io.write(`  ${name}: ${value}\n`);
  await io.write(`\n${partitionsTable([...partitions.values()])}`);
  for (const finding of findings) await io.write(`${findingText(finding, names)}\n`);
  if (findings.some(isDamage)) await io.write("moldau log verify tells all that is damaged.\n");
}

function factsOf(file: LogFile): Record<string, string | number | null> {
  if (file.kind === "segment") return { segmentId: file.segmentId };
  const [surveyed] = file.kind === "journal" ? file.journal.files : [];
  if (!surveyed) return {};
  const { name: _name, path: _path, sizeBytes: _size, ...facts } = journalFileFacts(surveyed);
  return facts;
}

function count(partitions: Map<string, PartitionInFile>, { bytes, fault, partition }: StoredBatch, names: TopicNames): void {
  const { ofFile } = names;
  const name = partition ? partitionText(partition, names) : ofFile ? `${ofFile.topic}-${ofFile.partition}` : "unknown";
  let known = partitions.get(name);
  if (fault) {
    if (known) known.damagedBatches++;
    return;
  }
  const header = readBatchHeader(bytes, 0);
  if (!known) {
    const none = { batches: 0, records: 0, bytes: 0, damagedBatches: 0, maxTimestamp: -1 };
    known = { name, firstOffset: header.baseOffset, lastOffset: header.lastOffset, ...none, compressions: new Set() };
    partitions.set(name, known);
  }
  known.lastOffset = Math.max(known.lastOffset, batchLastOffset(bytes, 0));
  known.batches++;
  known.records += header.recordCount;
  known.bytes += header.sizeBytes;
  known.maxTimestamp = Math.max(known.maxTimestamp, header.maxTimestamp);
  known.compressions.add(header.compression);
}

function partitionsTable(partitions: readonly PartitionInFile[]): string {
  if (partitions.length === 0) return "No batches.\n";
  const rows = partitions.map((one) => [
    one.name,
    one.firstOffset,
    one.lastOffset,
    one.batches,
    one.records,
    bytesText(one.bytes),
    timeText(one.maxTimestamp),
    [...one.compressions].join(","),
    one.damagedBatches,
  ]);
  return table(["PARTITION", "FIRST", "LAST", "BATCHES", "RECORDS", "SIZE", "NEWEST", "CODECS", "DAMAGED"], rows);
}

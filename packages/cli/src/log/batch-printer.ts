// A batch as lines: its header, and its records if they are wanted. For people and for programs.
import {
  type BatchHeader,
  controlType,
  coordinatorEpoch,
  type Record as LogRecord,
  RecordsError,
  readBatchHeader,
  records,
} from "@moldau/records";
import type { StoredBatch } from "@moldau/storage";
import { countText, jsonLine, quoted, timeText, utf8 } from "../text.js";
import { decodeInternal } from "./internal-records.js";
import type { OffsetRange } from "./offset-range.js";
import { partitionText, type TopicNames } from "./topic-names.js";

export interface BatchPrinter {
  lines(batch: StoredBatch): Iterable<string>;
  /** As many were printed as are wanted. */
  isFull(): boolean;
}

export interface PrinterOptions {
  readonly names: TopicNames;
  readonly range: OffsetRange;
  readonly json: boolean;
  readonly withRecords: boolean;
  /** Of batches, or of records when those are printed. */
  readonly max: number;
}

interface Place {
  readonly topic: string | null;
  readonly topicId: string | null;
  readonly partition: number | null;
  /** "orders-3". */
  readonly text: string;
}

export function batchPrinter({ names, range, json, withRecords, max }: PrinterOptions): BatchPrinter {
  let printed = 0;
  const batchLine = json ? batchJson : batchText;
  const recordLine = json ? recordJson : recordText;

  function* recordLines(batch: StoredBatch, place: Place, header: BatchHeader): Iterable<string> {
    try {
      for (const record of records(batch.bytes)) {
        if (record.offset < range.from || record.offset > range.through) continue;
        if (printed === max) return;
        printed++;
        yield recordLine(place, header, record, batch.fault === undefined);
      }
    } catch (error) {
      if (!(error instanceof RecordsError)) throw error;
      const { path, position } = batch;
      yield json
        ? jsonLine({ type: "unreadable", path, position, message: error.message })
        : `  unreadable from here on: ${error.message}\n`;
    }
  }

  return {
    *lines(batch) {
      const place = placeOf(batch, names);
      let header: BatchHeader;
      try {
        header = readBatchHeader(batch.bytes, 0);
      } catch (error) {
        if (!(error instanceof RecordsError)) throw error;
        const { path, position, bytes } = batch;
        const message = `a batch of ${bytes.length} bytes whose header is not readable: ${error.message}`;
        yield json ? jsonLine({ type: "unreadable", path, position, message }) : `${place.text} at ${path}:${position} ${message}\n`;
        return;
      }
      if (printed === max) return;
      if (!withRecords) printed++;
      yield batchLine(place, header, batch);
      if (withRecords) yield* recordLines(batch, place, header);
    },
    isFull: () => printed >= max,
  };
}

function placeOf({ partition }: StoredBatch, names: TopicNames): Place {
  if (!partition) {
    const { ofFile } = names;
    return {
      topic: ofFile?.topic ?? null,
      topicId: null,
      partition: ofFile?.partition ?? null,
      text: ofFile ? `${ofFile.topic}-${ofFile.partition}` : "batch",
    };
  }
  const { topicId, index } = partition;
  return { topic: names.nameOf(topicId) ?? null, topicId, partition: index, text: partitionText(partition, names) };
}

function batchText({ text }: Place, header: BatchHeader, { path, position, fault, journalGroup }: StoredBatch): string {
  const { baseOffset, lastOffset, recordCount, sizeBytes, compression, timestampType, maxTimestamp, leaderEpoch } = header;
  const parts = [
    text,
    baseOffset === lastOffset ? `offset ${baseOffset}` : `offsets ${baseOffset}..${lastOffset}`,
    countText(recordCount, "record"),
    `${sizeBytes} bytes`,
    compression,
    `${timestampType} ${timeText(maxTimestamp)}`,
    `epoch ${leaderEpoch}`,
  ];
  if (header.producerId >= 0) parts.push(`producer ${header.producerId}/${header.producerEpoch} sequence ${header.baseSequence}`);
  if (header.transactional) parts.push("transactional");
  if (header.control) parts.push("control");
  if (header.deleteHorizon) parts.push(`delete horizon ${timeText(header.baseTimestamp)}`);
  if (journalGroup !== undefined) parts.push(`journal group ${journalGroup}`);
  parts.push(`at ${path}:${position}`, fault ? `DAMAGED: ${fault.message}` : "crc ok");
  return `${parts.join("  ")}\n`;
}

function batchJson(
  { topic, topicId, partition }: Place,
  header: BatchHeader,
  { path, position, fault, journalGroup }: StoredBatch,
): string {
  const { baseOffset, lastOffset, recordCount, sizeBytes, compression, timestampType, baseTimestamp, maxTimestamp } = header;
  const { leaderEpoch, producerId, producerEpoch, baseSequence, transactional, control, deleteHorizon, crc } = header;
  return jsonLine({
    type: "batch",
    topic,
    topicId,
    partition,
    baseOffset,
    lastOffset,
    recordCount,
    sizeBytes,
    compression,
    timestampType,
    baseTimestamp,
    maxTimestamp,
    leaderEpoch,
    producerId,
    producerEpoch,
    baseSequence,
    transactional,
    control,
    deleteHorizon,
    crc,
    isIntact: fault === undefined,
    ...(fault && { fault: fault.message }),
    path,
    position,
    journalGroup: journalGroup ?? null,
  });
}

function recordText({ topic }: Place, header: BatchHeader, record: LogRecord): string {
  const head = `  ${record.offset}  ${timeText(record.timestamp)}`;
  if (header.control) return `${head}  ${controlText(record)}\n`;
  const decoded = topic === null ? undefined : decodeInternal(topic, record);
  if (decoded) return `${head}  ${decoded.kind} ${inline(decoded.key)} = ${decoded.value === null ? "deleted" : inline(decoded.value)}\n`;
  const headers = record.headers.map(({ key, value }) => `${JSON.stringify(key)}=${quoted(value)}`);
  const tail = headers.length === 0 ? "" : `  headers ${headers.join(" ")}`;
  return `${head}  key ${quoted(record.key)}  value ${quoted(record.value)}${tail}\n`;
}

const inline = (value: unknown): string => jsonLine(value).trimEnd();

function controlText(record: LogRecord): string {
  const type = controlType(record);
  const isMarker = type === "ABORT" || type === "COMMIT";
  return isMarker ? `${type} marker, coordinator epoch ${coordinatorEpoch(record)}` : `control record ${type ?? "of an unknown type"}`;
}

function recordJson({ topic, topicId, partition }: Place, header: BatchHeader, record: LogRecord, isIntact: boolean): string {
  const { offset, timestamp, key, value, headers, sequence } = record;
  const about = { type: "record", topic, topicId, partition, offset, timestamp, sequence, isIntact };
  if (header.control) {
    const type = controlType(record) ?? null;
    const isMarker = type === "ABORT" || type === "COMMIT";
    return jsonLine({ ...about, control: type, ...(isMarker && { coordinatorEpoch: coordinatorEpoch(record) }) });
  }
  const decoded = topic === null ? undefined : decodeInternal(topic, record);
  return jsonLine({
    ...about,
    ...named("key", key),
    ...named("value", value),
    headers: headers.map((one) => ({ key: one.key, ...named("value", one.value) })),
    ...(decoded && { decoded }),
  });
}

/** Bytes that are UTF-8 under their name, others in base64 under another. */
function named(name: "key" | "value", bytes: Uint8Array | null): Readonly<Record<string, string | null>> {
  if (bytes === null) return { [name]: null };
  const text = utf8(bytes);
  return text === undefined
    ? { [`${name}Base64`]: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64") }
    : { [name]: text };
}

// A single file, by what it is: a journal file, a segment, or plain batches, as Kafka's .log files are.
import { basename, extname } from "node:path/posix";
import { type Disk, type DiskFile, PAGE_BYTES } from "@moldau/env";
import { batchMagic } from "@moldau/records";
import type { BlobStore } from "../blobs/blob-store.js";
import { ringFileNumber } from "../journal/ring-file.js";
import { segmentIdOf } from "../segments/segment.js";
import { segmentIdIn } from "../segments/segment-frame.js";
import { openJournalFile } from "./journal-files.js";
import { type JournalSurvey, type Progress, surveyJournal } from "./journal-survey.js";
import { type ByteSource, fileSource } from "./plain-batches.js";
import { readingDisk } from "./reading-disk.js";

export type LogFile = {
  readonly path: string;
  readonly sizeBytes: number;
  close(): Promise<void>;
} & (
  | { readonly kind: "journal"; readonly journal: JournalSurvey }
  | { readonly kind: "segment"; readonly segmentId: number; readonly blobs: BlobStore; readonly source: ByteSource }
  | { readonly kind: "batches"; readonly source: ByteSource }
);

const MAGIC_AT = 16;
const JOURNAL_MAGIC = "MJRF";

/** Opens a file to look at; undefined when it is nothing that has batches. Throws DiskError when it cannot be read. */
export async function openLogFile(disk: Disk, path: string, progress?: Progress): Promise<LogFile | undefined> {
  const reading = readingDisk(disk);
  const file = await reading.open(path, { mode: "buffered" });
  const sizeBytes = await file.sizeBytes();
  const page = new Uint8Array(PAGE_BYTES);
  const head = page.subarray(0, await file.read(page, 0));
  const base = { path, sizeBytes, close: () => file.close() };
  const segmentId = isNamed(path, ".seg") ? (segmentIdIn(head) ?? segmentIdOf(path)) : segmentIdIn(head);
  if (segmentId !== undefined && !isNamed(path, ".ring")) {
    return { ...base, kind: "segment", segmentId, blobs: onlyBlob(file, path, sizeBytes), source: fileSource(file, sizeBytes) };
  }
  if (isNamed(path, ".ring") || hasText(head, 0, JOURNAL_MAGIC)) {
    await file.close();
    const opened = await openJournalFile(reading, path, ringFileNumber(basename(path)));
    return {
      path,
      sizeBytes,
      kind: "journal",
      journal: await surveyJournal(reading, [opened], progress),
      close: () => opened.ring.file.close(),
    };
  }
  if (isNamed(path, ".log") || looksLikeBatches(head)) return { ...base, kind: "batches", source: fileSource(file, sizeBytes) };
  await file.close();
  return undefined;
}

const isNamed = (path: string, extension: string): boolean => extname(path) === extension;
const hasText = (bytes: Uint8Array, at: number, text: string): boolean =>
  Buffer.from(bytes).toString("latin1", at, at + text.length) === text;
const looksLikeBatches = (head: Uint8Array): boolean => head.length > MAGIC_AT && batchMagic(head, 0) === 2 && head[0] === 0;

/** The one file as a store of blobs, whatever its key. */
function onlyBlob(file: DiskFile, path: string, sizeBytes: number): BlobStore {
  const never = async (): Promise<never> => {
    throw new Error("what inspects a log changes nothing");
  };
  return {
    read: (_, position, into) => file.read(into, position),
    sizeBytes: async () => sizeBytes,
    location: () => path,
    put: never,
    delete: never,
    async *list() {},
  };
}

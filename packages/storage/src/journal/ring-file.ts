// A file of the ring.
//
//   0             4096                                 position        prepared                size              capacity
//   ┌─────────────┬─────────┬─────────┬───┬────────────┬───────────────┬───────────────────────┬─────────────────┐
//   │ header page │ group   │ group   │ … │            │ zeros, or     │ holes                 │ not yet there   │
//   │             │         │         │   │            │ older groups  │                       │                 │
//   └─────────────┴─────────┴─────────┴───┴────────────┴───────────────┴───────────────────────┴─────────────────┘
//   header page
//   0       4        6      8        12       16           24       28     64                          84     4096
//   ┌───────┬────────┬──────┬────────┬────────┬────────────┬────────┬──────┬───────────────────────────┬──────┐
//   │ magic │ format │ zero │ broker │ number │ journal id │ crc32c │ zero │ mark, of a file that is   │ zero │
//   │       │        │      │        │        │            │        │      │ or was to be a segment    │      │
//   └───────┴────────┴──────┴────────┴────────┴────────────┴────────┴──────┴───────────────────────────┴──────┘
//
// Groups overwrite what lies in prepared space, whose blocks exist: such a write touches no metadata. Where groups come slowly, space
// is prepared by zeros, ahead of them. Where they come fast, the file has its size at once, and the groups fill the holes.
// The mark is drawn in segments/segment-frame.ts. It says nothing by itself: the catalog says whether there is such a segment.
import { type Disk, type DiskFile, PAGE_BYTES } from "@moldau/env";
import { crc32c } from "@moldau/std";
import { CorruptionError, DirectoryRefused } from "../errors.js";
import { markIn } from "../segments/segment-frame.js";
import type { GroupIdentity } from "./group.js";
import type { GroupSequence } from "./journal.js";

const MAGIC = 0x46524a4d;
const FORMAT = 1;
const CRC_AT = 24;
/** Where the file's number is. */
export const NUMBER_AT = 12;

/** Where the first group is. */
export const FIRST_GROUP_AT = PAGE_BYTES;
/** Zeros are written in steps of that many bytes: a group that waits for space waits for one step. */
const PREPARE_STEP_BYTES = 1024 * 1024;
/** The same where files are small, in tests: a file takes several steps. */
export const prepareStepBytes = (fileBytes: number): number =>
  Math.min(PREPARE_STEP_BYTES, Math.max(PAGE_BYTES, fileBytes / 4 - ((fileBytes / 4) % PAGE_BYTES)));

export interface RingFile {
  readonly number: number;
  readonly path: string;
  readonly file: DiskFile;
  readonly capacityBytes: number;
  /** Groups may go this far. */
  sizeBytes: number;
  /** What is written below needs no more space; as far as is known. */
  preparedBytes: number;
  /** Where the next group goes. */
  position: number;
  /** The newest group in it that counts; 0 when it is free. */
  lastSequence: GroupSequence;
  /** It took no more groups, and had taken them fast. */
  filledFast: boolean;
  /** The segment it is marked as since the journal was opened. */
  segmentId: number | undefined;
  /** It is a segment: the catalog says so, or will. */
  promoted: boolean;
}

export type DurableMode = "direct" | "synced";

const NAME = /^(\d{6})\.ring$/;

export const ringFileName = (number: number): string => `${String(number).padStart(6, "0")}.ring`;

export const ringFileNumber = (name: string): number | undefined => {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/** A file as it is before anything is known of its groups. */
export const ringFile = (of: Pick<RingFile, "number" | "path" | "file" | "capacityBytes" | "sizeBytes" | "preparedBytes">): RingFile => ({
  ...of,
  position: FIRST_GROUP_AT,
  lastSequence: 0,
  filledFast: false,
  segmentId: undefined,
  promoted: false,
});

export interface NewRingFile {
  readonly path: string;
  readonly number: number;
  readonly identity: GroupIdentity;
  readonly mode: DurableMode;
  readonly fileBytes: number;
  /** With its size at once, and holes; else with some prepared space. */
  readonly sparse: boolean;
  /** A page of zeros that direct writes accept, for the header of a sparse file; it is left with that. */
  readonly page: Uint8Array;
}

/** Creates a file with its header, durably but for its name. */
export async function createRingFile(
  disk: Disk,
  { path, number, identity, mode, fileBytes, sparse, page }: NewRingFile,
): Promise<RingFile> {
  const file = await disk.open(path, { create: true, mode });
  try {
    const first = sparse ? page : disk.alignedMemory(prepareStepBytes(fileBytes));
    writeFileHeader(first, number, identity);
    await file.write([first], 0);
    if (sparse) await file.truncate(fileBytes);
    const sizeBytes = sparse ? fileBytes : first.length;
    return ringFile({ number, path, file, capacityBytes: fileBytes, sizeBytes, preparedBytes: first.length });
  } catch (error) {
    await file.close();
    throw error;
  }
}

export interface OpenedRingFile {
  readonly ringFile: RingFile;
  readonly identity: GroupIdentity;
  /** The segment that it is or was to be, if any. */
  readonly markedAs: number | undefined;
}

/** Opens a file, with whose groups it holds; undefined when a crash left it before its header was written. */
export async function openRingFile(
  disk: Disk,
  path: string,
  number: number,
  mode: DurableMode,
  fileBytes: number,
): Promise<OpenedRingFile | undefined> {
  const file = await disk.open(path, { mode });
  try {
    const sizeBytes = Math.floor((await file.sizeBytes()) / PAGE_BYTES) * PAGE_BYTES;
    const page = disk.alignedMemory(PAGE_BYTES);
    await file.read(page, 0);
    if (isZero(page)) {
      if (!(await isBlank(disk, file, sizeBytes))) throw new CorruptionError(path, 0, "the file has groups, but no header");
      await file.close();
      return undefined;
    }
    const identity = readFileHeader(page, number, path);
    const mark = markIn(page);
    if (mark === "damaged") throw new CorruptionError(path, 64, "the file header's mark is damaged");
    // A broker that was killed may have left a header that is seen and not durable. A sync would not do: after one that failed, the
    // next knows nothing of what it was to make durable.
    await file.write([page], 0);
    const opened = ringFile({
      number,
      path,
      file,
      capacityBytes: Math.max(fileBytes, sizeBytes),
      sizeBytes,
      preparedBytes: sizeBytes,
    });
    return { identity, ringFile: opened, markedAs: mark === "none" ? undefined : mark };
  } catch (error) {
    await file.close();
    throw error;
  }
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

async function isBlank(disk: Disk, file: DiskFile, sizeBytes: number): Promise<boolean> {
  const memory = disk.alignedMemory(Math.min(PREPARE_STEP_BYTES, sizeBytes));
  for (let at = 0; at < sizeBytes; at += memory.length) {
    const count = await file.read(memory, at);
    if (!isZero(memory.subarray(0, count))) return false;
  }
  return true;
}

export function writeFileHeader(page: Uint8Array, number: number, { brokerId, journalId }: GroupIdentity): void {
  const fields = new DataView(page.buffer, page.byteOffset, PAGE_BYTES);
  fields.setUint32(0, MAGIC, true);
  fields.setUint16(4, FORMAT, true);
  fields.setInt32(8, brokerId, true);
  fields.setUint32(NUMBER_AT, number, true);
  fields.setBigUint64(16, BigInt(`0x${journalId}`), true);
  fields.setUint32(CRC_AT, crc32c(page.subarray(0, CRC_AT)), true);
}

/** Whose groups a file holds, by its header page. Throws CorruptionError; DirectoryRefused when a newer release wrote it. */
export function readFileHeader(page: Uint8Array, number: number, path: string): GroupIdentity {
  const fields = new DataView(page.buffer, page.byteOffset, PAGE_BYTES);
  if (fields.getUint32(0, true) !== MAGIC) throw new CorruptionError(path, 0, "not a journal file");
  const format = fields.getUint16(4, true);
  if (fields.getUint32(CRC_AT, true) !== crc32c(page.subarray(0, CRC_AT)))
    throw new CorruptionError(path, 0, "the file header's checksum is wrong");
  if (format !== FORMAT) throw new DirectoryRefused(`${path} has format ${format}; this version knows ${FORMAT}`);
  if (fields.getUint32(NUMBER_AT, true) !== number)
    throw new CorruptionError(path, NUMBER_AT, `the file says it is number ${fields.getUint32(NUMBER_AT, true)}`);
  return { brokerId: fields.getInt32(8, true), journalId: fields.getBigUint64(16, true).toString(16).padStart(16, "0") };
}

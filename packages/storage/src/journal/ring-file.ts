// A file of the ring.
//
//   0             4096                                              prepared            capacity
//   ┌─────────────┬─────────┬─────────┬───┬─────────────────────────┬───────────────────┐
//   │ header page │ group   │ group   │ … │ zeros, or older groups  │ not yet allocated │
//   └─────────────┴─────────┴─────────┴───┴─────────────────────────┴───────────────────┘
//   header page
//   0       4        6      8        12       16           24       28              4096
//   ┌───────┬────────┬──────┬────────┬────────┬────────────┬────────┬───────────────┐
//   │ magic │ format │ zero │ broker │ number │ journal id │ crc32c │ zeros         │
//   └───────┴────────┴──────┴────────┴────────┴────────────┴────────┴───────────────┘
//
// Groups overwrite what lies in prepared space, whose blocks exist: such a write touches no metadata. The file's size is what is
// prepared, for it grows by writing zeros at its end, and never otherwise.
import { type Disk, type DiskFile, PAGE_BYTES } from "@moldau/env";
import { crc32c } from "@moldau/std";
import { CorruptionError, DirectoryRefused } from "../errors.js";
import type { GroupIdentity } from "./group.js";
import type { GroupSequence } from "./journal.js";

const MAGIC = 0x46524a4d;
const FORMAT = 1;
const CRC_AT = 24;

/** Where the first group is. */
export const FIRST_GROUP_AT = PAGE_BYTES;
/** Zeros are written in steps of that many bytes: a group that waits for space waits for one step. */
export const PREPARE_STEP_BYTES = 1024 * 1024;

export interface RingFile {
  readonly number: number;
  readonly path: string;
  readonly file: DiskFile;
  readonly capacityBytes: number;
  preparedBytes: number;
  /** Where the next group goes. */
  position: number;
  /** The newest group in it that counts; 0 when it is free. */
  lastSequence: GroupSequence;
}

export type DurableMode = "direct" | "synced";

const NAME = /^(\d{6})\.ring$/;

export const ringFileName = (number: number): string => `${String(number).padStart(6, "0")}.ring`;

export const ringFileNumber = (name: string): number | undefined => {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/** Creates a file with its header and some prepared space, durably but for its name. */
export async function createRingFile(
  disk: Disk,
  path: string,
  number: number,
  identity: GroupIdentity,
  mode: DurableMode,
  fileBytes: number,
): Promise<RingFile> {
  const file = await disk.open(path, { create: true, mode });
  try {
    const first = disk.alignedMemory(Math.min(PREPARE_STEP_BYTES, fileBytes));
    writeFileHeader(first, number, identity);
    await file.write([first], 0);
    return { number, path, file, capacityBytes: fileBytes, preparedBytes: first.length, position: FIRST_GROUP_AT, lastSequence: 0 };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Opens a file, with whose groups it holds; undefined when a crash left it before its header was written. */
export async function openRingFile(
  disk: Disk,
  path: string,
  number: number,
  mode: DurableMode,
  fileBytes: number,
): Promise<{ readonly ringFile: RingFile; readonly identity: GroupIdentity } | undefined> {
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
    // A broker that was killed may have left a header that is seen and not durable. A sync would not do: after one that failed, the
    // next knows nothing of what it was to make durable.
    await file.write([page], 0);
    const capacityBytes = Math.max(fileBytes, sizeBytes);
    return {
      identity,
      ringFile: { number, path, file, capacityBytes, preparedBytes: sizeBytes, position: FIRST_GROUP_AT, lastSequence: 0 },
    };
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

function writeFileHeader(page: Uint8Array, number: number, { brokerId, journalId }: GroupIdentity): void {
  const fields = new DataView(page.buffer, page.byteOffset, PAGE_BYTES);
  fields.setUint32(0, MAGIC, true);
  fields.setUint16(4, FORMAT, true);
  fields.setInt32(8, brokerId, true);
  fields.setUint32(12, number, true);
  fields.setBigUint64(16, BigInt(`0x${journalId}`), true);
  fields.setUint32(CRC_AT, crc32c(page.subarray(0, CRC_AT)), true);
}

function readFileHeader(page: Uint8Array, number: number, path: string): GroupIdentity {
  const fields = new DataView(page.buffer, page.byteOffset, PAGE_BYTES);
  if (fields.getUint32(0, true) !== MAGIC) throw new CorruptionError(path, 0, "not a journal file");
  const format = fields.getUint16(4, true);
  if (fields.getUint32(CRC_AT, true) !== crc32c(page.subarray(0, CRC_AT)))
    throw new CorruptionError(path, 0, "the file header's checksum is wrong");
  if (format !== FORMAT) throw new DirectoryRefused(`${path} has format ${format}; this version knows ${FORMAT}`);
  if (fields.getUint32(12, true) !== number)
    throw new CorruptionError(path, 12, `the file says it is number ${fields.getUint32(12, true)}`);
  return { brokerId: fields.getInt32(8, true), journalId: fields.getBigUint64(16, true).toString(16).padStart(16, "0") };
}

// What lies in the files of a ring, group by group, damaged or not: replay stops where a broker must stop, this goes on.
//
//   file     ┌────────┬──────┬──────┬──────┬───┬──────┬────────────────────────────┐
//            │ header │ 7001 │ 7002 │ 7003 │ … │ 7040 │ 6120 │ 6121 │ …   zeros    │
//            └────────┴──────┴──────┴──────┴───┴──────┴────────────────────────────┘
//                      newest pass ──────────────────▶  what is left of older ones
//
// Within one pass of the ring sequences grow with positions, and all older groups have lower ones. So the newest pass ends with the
// group of the highest sequence.

import type { Disk } from "@moldau/env";
import { PAGE_BYTES } from "@moldau/env";
import { assert } from "@moldau/std";
import { CorruptionError, StorageError } from "../errors.js";
import type { GroupHeader } from "../journal/group.js";
import type { JournalEntry } from "../journal/group-commit.js";
import { damagedBatches, decodeGroup } from "../journal/group-entries.js";
import type { GroupSequence } from "../journal/journal.js";
import { FIRST_GROUP_AT, type RingFile } from "../journal/ring-file.js";
import { ringReader } from "../journal/ring-reader.js";
import { type RingScan, ringScan } from "../journal/ring-scan.js";
import type { JournalFile } from "./journal-files.js";

export interface SurveyedGroup {
  readonly file: RingFile;
  readonly position: number;
  readonly sequence: GroupSequence;
  readonly durableThrough: GroupSequence;
  readonly lengthBytes: number;
  readonly batchCount: number;
}

export interface SurveyedFile {
  readonly file: JournalFile;
  /** Groups of the newest pass whose header and table of contents are whole. */
  readonly groups: readonly SurveyedGroup[];
  /** Groups of older passes. */
  readonly olderGroups: number;
  /** Where the newest pass ends. */
  readonly endPosition: number;
  /** Why the rest of it was not looked at. */
  readonly unreadable: string | undefined;
}

export interface JournalSurvey {
  readonly files: readonly SurveyedFile[];
  /** The newest passes of all files, in sequence. */
  readonly groups: readonly SurveyedGroup[];
  readonly scan: RingScan | undefined;
}

/** A batch of the journal. `bytes` are valid until the next one is asked for. */
export interface JournalBatch {
  readonly group: SurveyedGroup;
  readonly entry: JournalEntry;
  readonly bytes: Uint8Array;
  /** Whether it is what was written. */
  readonly isIntact: boolean;
}

/** Told of bytes as they are read. */
export type Progress = (bytes: number) => void;

/** Reads every file once. All files are of one journal: those of another are left out, and reported by who opened them. */
export async function surveyJournal(disk: Disk, files: readonly JournalFile[], progress: Progress = () => {}): Promise<JournalSurvey> {
  const identity = files.find((file) => file.identity)?.identity;
  if (!identity)
    return {
      files: files.map((file) => ({ file, groups: [], olderGroups: 0, endPosition: FIRST_GROUP_AT, unreadable: undefined })),
      groups: [],
      scan: undefined,
    };
  const scan = ringScan(disk, ringReader(disk, "synced"), identity);
  const surveyed: SurveyedFile[] = [];
  for (const file of files) surveyed.push(await surveyFile(file, scan, progress));
  const groups = surveyed.flatMap((file) => file.groups).sort((a, b) => a.sequence - b.sequence);
  return { files: surveyed, groups, scan };
}

async function surveyFile(file: JournalFile, scan: RingScan, progress: Progress): Promise<SurveyedFile> {
  const { ring } = file;
  const found: SurveyedGroup[] = [];
  let newest = -1;
  let unreadable: string | undefined;
  for (let position = FIRST_GROUP_AT; position < ring.sizeBytes; ) {
    const group = await scan.groupAt(ring, position).catch(unlessDisk);
    if (group instanceof StorageError) {
      unreadable = `it cannot be read from byte ${position} on: ${group.message}`;
      break;
    }
    const lengthBytes = group?.header.lengthBytes ?? PAGE_BYTES;
    if (group) {
      if (group.header.sequence > (found[newest]?.sequence ?? 0)) newest = found.length;
      found.push(surveyedGroup(ring, position, group.header));
    }
    progress(lengthBytes);
    position += lengthBytes;
  }
  const groups = found.slice(0, newest + 1);
  const last = groups.at(-1);
  return {
    file,
    groups,
    olderGroups: found.length - groups.length,
    endPosition: last ? last.position + last.lengthBytes : FIRST_GROUP_AT,
    unreadable,
  };
}

function unlessDisk(error: unknown): StorageError | undefined {
  if (error instanceof StorageError) return error;
  return endsHere(error);
}

/** A broker may have cut the file meanwhile, for it becomes a segment: then there are no groups where it ended. */
function endsHere(error: unknown): undefined {
  if (!(error instanceof CorruptionError)) throw error;
}

const surveyedGroup = (
  file: RingFile,
  position: number,
  { sequence, durableThrough, lengthBytes, entryCount }: GroupHeader,
): SurveyedGroup => ({
  file,
  position,
  sequence,
  durableThrough,
  lengthBytes,
  batchCount: entryCount,
});

/** The batches of these groups, read again. A group that has been written over since is left out. */
export async function* journalBatches({ scan }: JournalSurvey, groups: Iterable<SurveyedGroup>): AsyncIterable<JournalBatch> {
  for (const group of groups) {
    assert(scan, "there are groups, so somebody knew whose");
    const found = await scan.groupAt(group.file, group.position).catch(endsHere);
    if (found?.header.sequence !== group.sequence) continue;
    const damaged = new Set(damagedBatches(found.bytes, found.header));
    for (const entry of decodeGroup(found.bytes)) {
      const bytes = found.bytes.subarray(entry.position, entry.position + entry.lengthBytes);
      yield { group, entry, bytes, isIntact: !damaged.has(entry.position) };
    }
  }
}

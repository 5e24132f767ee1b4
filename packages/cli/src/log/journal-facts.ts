// A journal in figures.
import { basename } from "node:path/posix";
import type { LogsOnDisk, SurveyedFile } from "@moldau/storage";

export interface JournalFacts {
  readonly brokerId: number | undefined;
  readonly journalId: string | undefined;
  readonly files: number;
  readonly sizeBytes: number;
  readonly consolidatedThrough: number;
  /** Groups that are not in segments yet. */
  readonly pending: {
    readonly groups: number;
    readonly firstSequence: number;
    readonly lastSequence: number;
    readonly batches: number;
    readonly bytes: number;
  };
}

export function journalFacts({ journal, catalog }: LogsOnDisk): JournalFacts {
  const consolidatedThrough = catalog?.consolidatedThrough ?? 0;
  const pending = journal.groups.filter(({ sequence }) => sequence > consolidatedThrough);
  const identity = journal.files.find(({ file }) => file.identity)?.file.identity;
  return {
    brokerId: identity?.brokerId,
    journalId: identity?.journalId,
    files: journal.files.length,
    sizeBytes: journal.files.reduce((sum, { file }) => sum + file.ring.sizeBytes, 0),
    consolidatedThrough,
    pending: {
      groups: pending.length,
      firstSequence: pending[0]?.sequence ?? 0,
      lastSequence: pending.at(-1)?.sequence ?? 0,
      batches: pending.reduce((sum, { batchCount }) => sum + batchCount, 0),
      bytes: pending.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
    },
  };
}

export function journalFileFacts({ file: { ring, markedAs, identity }, groups, olderGroups }: SurveyedFile) {
  return {
    name: basename(ring.path),
    path: ring.path,
    sizeBytes: ring.sizeBytes,
    brokerId: identity?.brokerId ?? null,
    journalId: identity?.journalId ?? null,
    groups: groups.length,
    firstSequence: groups[0]?.sequence ?? null,
    lastSequence: groups.at(-1)?.sequence ?? null,
    usedBytes: groups.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
    batches: groups.reduce((sum, { batchCount }) => sum + batchCount, 0),
    /** What is left of earlier rounds of the ring, to be written over. */
    olderGroups,
    /** The segment that the file is or was to be. */
    markedAs: markedAs ?? null,
  };
}

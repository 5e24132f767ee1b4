// A data directory, opened for looking at: whose it is, who uses it, and what its catalog and its journal say. Damage is no reason to
// stop here: what is readable is there, and what is not is a finding.
import { type Disk, DiskError } from "@moldau/env";
import type { BlobStore } from "../blobs/blob-store.js";
import { directoryBlobs } from "../blobs/directory-blobs.js";
import { MARKER, readMarker } from "../directory/directory.js";
import { CorruptionError, DirectoryRefused } from "../errors.js";
import { segmentIdOf } from "../segments/segment.js";
import { type CatalogSnapshot, readCatalog } from "./catalog-snapshot.js";
import type { Finding } from "./finding.js";
import { isUnreadable, openJournalFiles } from "./journal-files.js";
import { type JournalSurvey, type Progress, surveyJournal } from "./journal-survey.js";
import { readingDisk } from "./reading-disk.js";

export interface LogsOnDisk {
  readonly directory: string;
  /** Undefined when the marker is not readable. */
  readonly directoryId: string | undefined;
  readonly disk: Disk;
  readonly blobs: BlobStore;
  readonly catalogPath: string;
  /** Undefined when there is none, or none that is whole. */
  readonly catalog: CatalogSnapshot | undefined;
  readonly journal: JournalSurvey;
  /** What is wrong with marker and catalog. */
  readonly findings: readonly Finding[];
  /** The segments there are, by id. */
  segments(): Promise<readonly SegmentFile[]>;
  /** The same directory as it is now. */
  again(): Promise<LogsOnDisk>;
  close(): Promise<void>;
}

export interface SegmentFile {
  readonly segmentId: number;
  readonly key: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Opens what there is to see. Throws DirectoryRefused when it is no data directory of ours, or of a newer release; DiskError and
 * StorageError when it cannot be read.
 */
export async function openLogs(disk: Disk, directory: string, progress?: Progress): Promise<LogsOnDisk> {
  const reading = readingDisk(disk);
  const findings: Finding[] = [];
  const directoryId = await markerIn(reading, directory, findings);
  const catalogPath = `${directory}/catalog/catalog.mdb`;
  const catalog = await catalogIn(reading, catalogPath, findings);
  const files = await openJournalFiles(reading, `${directory}/journal`);
  const isSegment = (id: number | undefined) => id !== undefined && catalog?.references.has(id) === true;
  // A file that the catalog has as a segment is none of the journal's, whatever names it still has.
  const ring = files.filter(({ markedAs }) => !isSegment(markedAs));
  const journal = await surveyJournal(reading, ring, progress);
  const blobs = directoryBlobs({ disk: reading, directory });
  return {
    directory,
    directoryId,
    disk: reading,
    blobs,
    catalogPath,
    catalog,
    journal,
    findings,
    async segments() {
      const found: SegmentFile[] = [];
      for await (const { key, sizeBytes } of blobs.list("segments/")) {
        const segmentId = segmentIdOf(key);
        if (segmentId !== undefined) found.push({ segmentId, key, path: blobs.location(key), sizeBytes });
      }
      return found.sort((a, b) => a.segmentId - b.segmentId);
    },
    again: () => openLogs(disk, directory),
    async close() {
      for (const { ring } of files) await ring.file.close();
    },
  };
}

/** A directory whose marker alone is gone is ours, by what else it has. */
async function markerIn(disk: Disk, directory: string, findings: Finding[]): Promise<string | undefined> {
  const names = (await namesIn(disk, directory)) ?? [];
  if (names.length === 0) throw new DirectoryRefused(`${directory} does not exist, or is empty: there are no logs to look at.`);
  const path = `${directory}/${MARKER}`;
  if (!names.includes(MARKER)) {
    if (!names.includes("catalog") || !names.includes("journal")) throw new DirectoryRefused(foreign(directory, names));
    findings.push({ kind: "marker", path, message: "it is missing, and the directory has all else that ours have" });
    return undefined;
  }
  try {
    return await readMarker(disk, directory);
  } catch (error) {
    if (!(error instanceof DirectoryRefused) || error.kind !== "unreadable") throw error;
    findings.push({ kind: "marker", path, position: 0, message: "it is not readable" });
    return undefined;
  }
}

async function namesIn(disk: Disk, directory: string): Promise<readonly string[] | undefined> {
  try {
    return (await disk.list(directory)).map(({ name }) => name);
  } catch (error) {
    if (error instanceof DiskError && error.code === "ENOTDIR") return undefined;
    throw error;
  }
}

function foreign(directory: string, names: readonly string[]): string {
  const kafkas = names.includes("meta.properties");
  const rest = kafkas
    ? "it is Apache Kafka's. Name the .log files in its folders to look at them."
    : `it is not a Moldau data directory (there is ${JSON.stringify(names[0])}). Name the one that moldau start has as --data.`;
  return `${directory} has no ${MARKER}: ${rest}`;
}

async function catalogIn(disk: Disk, path: string, findings: Finding[]): Promise<CatalogSnapshot | undefined> {
  try {
    const catalog = await readCatalog(disk, path);
    if (!catalog) findings.push({ kind: "catalog", path, message: "there is no catalog: nothing says which segments count" });
    return catalog;
  } catch (error) {
    if (error instanceof CorruptionError) findings.push({ kind: "catalog", path, position: error.position, message: error.reason });
    else if (isUnreadable(error)) findings.push({ kind: "catalog", path, message: `it cannot be read: ${error.message}` });
    else throw error;
    return undefined;
  }
}

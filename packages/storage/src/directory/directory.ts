// A data directory: ours or not, of which format, and whose now.
//
//   DIR/moldau.json   the marker: format version and the directory's id; written first
//   DIR/lock.*        held while a process uses the directory (see Disk.lock)
//   DIR/catalog/      extents and the cluster log
//   DIR/journal/      the ring of journal files
//   DIR/segments/     segments, as blobs
import { type Disk, DiskError, type DiskLock, type Random } from "@moldau/env";
import { randomUuid } from "@moldau/std";
import { DirectoryRefused } from "../errors.js";

export const MARKER = "moldau.json";
const LOCK_PREFIX = "lock.";
/** What a new file system has in its root. */
const LOST_AND_FOUND = "lost+found";
export const FORMAT_VERSION = 1;

export interface ClaimedDirectory {
  /** Made once, when the directory was: a uuid. */
  readonly directoryId: string;
  readonly lock: DiskLock;
}

/**
 * Locks the directory, creating it when it is not there or empty. Throws DirectoryRefused when it is locked, of a newer format, or
 * somebody else's; DiskError when the disk fails.
 */
export async function claimDirectory(disk: Disk, random: Random, directory: string): Promise<ClaimedDirectory> {
  await disk.makeDirectory(directory);
  await refuseForeign(disk, directory);
  const lock = await takeLock(disk, directory);
  try {
    return { directoryId: (await readMarker(disk, directory)) ?? (await writeMarker(disk, random, directory)), lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Before anything is written, the lock included. */
async function refuseForeign(disk: Disk, directory: string): Promise<void> {
  const names = (await disk.list(directory)).map(({ name }) => name);
  if (names.includes(MARKER)) return;
  const foreign = names.find((name) => !name.startsWith(LOCK_PREFIX) && name !== LOST_AND_FOUND && !name.startsWith(`${MARKER}.`));
  if (foreign === undefined) return;
  throw new DirectoryRefused(
    `${directory} has files but no ${MARKER} (there is ${JSON.stringify(foreign)}): it is not a Moldau data directory. ` +
      "Name an empty or new directory with --data.",
  );
}

async function takeLock(disk: Disk, directory: string): Promise<DiskLock> {
  try {
    return await disk.lock(directory);
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== "ELOCKED") throw error;
    throw new DirectoryRefused(
      `${directory} is in use: ${error.message}. Stop that process, or name another directory with --data.`,
      "refused",
      {
        cause: error,
      },
    );
  }
}

/** The directory's id; undefined without a marker. Throws DirectoryRefused. */
export async function readMarker(disk: Disk, directory: string): Promise<string | undefined> {
  const path = `${directory}/${MARKER}`;
  const content = await disk.readFile(path);
  if (!content) return undefined;
  const marker = parseMarker(content);
  if (!marker)
    throw new DirectoryRefused(
      `${path} is not readable as a Moldau marker. Restore it from a backup, or name another directory with --data.`,
      "unreadable",
    );
  if (marker.format > FORMAT_VERSION) {
    throw new DirectoryRefused(
      `${directory} is of format ${marker.format}, and this Moldau knows formats up to ${FORMAT_VERSION}. Start the newer Moldau that wrote it.`,
    );
  }
  return marker.directoryId;
}

async function writeMarker(disk: Disk, random: Random, directory: string): Promise<string> {
  const directoryId = randomUuid((count) => random.bytes(count));
  await disk.replaceFile(
    `${directory}/${MARKER}`,
    new TextEncoder().encode(`${JSON.stringify({ format: FORMAT_VERSION, directoryId })}\n`),
  );
  return directoryId;
}

function parseMarker(content: Uint8Array): { readonly format: number; readonly directoryId: string } | undefined {
  try {
    const marker: unknown = JSON.parse(new TextDecoder().decode(content));
    if (typeof marker !== "object" || marker === null || !("format" in marker) || !("directoryId" in marker)) return undefined;
    const { format, directoryId } = marker;
    if (!Number.isInteger(format) || typeof format !== "number" || typeof directoryId !== "string") return undefined;
    return { format, directoryId };
  } catch {
    return undefined;
  }
}

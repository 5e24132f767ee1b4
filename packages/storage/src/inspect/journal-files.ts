// The files of a ring, opened for looking at: also those whose header is damaged, as long as anything says whose groups they hold.
import { type Disk, DiskError, PAGE_BYTES } from "@moldau/env";
import { CorruptionError, DirectoryRefused } from "../errors.js";
import { type GroupIdentity, groupIdentity } from "../journal/group.js";
import { FIRST_GROUP_AT, NUMBER_AT, type RingFile, readFileHeader, ringFile, ringFileNumber } from "../journal/ring-file.js";
import { markIn } from "../segments/segment-frame.js";
import type { Finding } from "./finding.js";

export interface JournalFile {
  readonly ring: RingFile;
  /** Undefined when nothing in the file says it. */
  readonly identity: GroupIdentity | undefined;
  /** The segment that it is or was to be, if any: the catalog says which. */
  readonly markedAs: number | undefined;
  /** What is wrong with its header page. */
  readonly fault?: Finding;
}

/** The files in a ring's directory, by number. Close them. */
export async function openJournalFiles(disk: Disk, directory: string): Promise<readonly JournalFile[]> {
  const names = (await disk.list(directory)).map(({ name }) => name).filter((name) => ringFileNumber(name) !== undefined);
  const files: JournalFile[] = [];
  for (const name of names.sort()) {
    const file = await openJournalFile(disk, `${directory}/${name}`, ringFileNumber(name)).catch(unlessGone);
    if (file) files.push(file);
  }
  return files;
}

/** A file of the ring may have become a segment since its name was read. */
function unlessGone(error: unknown): undefined {
  if (!(error instanceof DiskError && error.code === "ENOENT")) throw error;
}

/** `named` is the number that the file has by its name, which its header is to have too; without one, the header's counts. */
export async function openJournalFile(disk: Disk, path: string, named: number | undefined): Promise<JournalFile> {
  const file = await disk.open(path, { mode: "buffered", readOnly: true });
  const actualBytes = await file.sizeBytes();
  const sizeBytes = actualBytes - (actualBytes % PAGE_BYTES);
  const page = new Uint8Array(PAGE_BYTES);
  const read = await file.read(page, 0).catch(unreadable);
  const number = named ?? Buffer.from(page.buffer).readUInt32LE(NUMBER_AT);
  const ring = ringFile({ number, path, file, capacityBytes: sizeBytes, sizeBytes, preparedBytes: sizeBytes });
  if (read instanceof DiskError) {
    const fault: Finding = { kind: "journal-file", path, position: 0, message: `it cannot be read: ${read.message}` };
    return { ring, identity: undefined, markedAs: undefined, fault };
  }
  if (read === 0 || page.every((byte) => byte === 0)) return withoutHeader(ring);
  const mark = markIn(page);
  const markedAs = typeof mark === "number" ? mark : undefined;
  try {
    const identity = readFileHeader(page, number, path);
    const fault = mark === "damaged" ? { fault: faultAt(path, 64, "the file header's mark is damaged") } : {};
    return { ring, identity, markedAs, ...fault };
  } catch (error) {
    return { ring, identity: await identityOfGroups(ring), markedAs, fault: asFault(error, path) };
  }
}

/** A crash may leave a file before its header is written: then there are no groups either. */
async function withoutHeader(ring: RingFile): Promise<JournalFile> {
  const identity = await identityOfGroups(ring);
  if (identity === undefined) return { ring, identity, markedAs: undefined };
  return { ring, identity, markedAs: undefined, fault: faultAt(ring.path, 0, "the file has groups, but no header") };
}

async function identityOfGroups({ file, sizeBytes }: RingFile): Promise<GroupIdentity | undefined> {
  const page = new Uint8Array(PAGE_BYTES);
  for (let at = FIRST_GROUP_AT; at < sizeBytes; at += PAGE_BYTES) {
    if ((await file.read(page, at)) < PAGE_BYTES) return undefined;
    const identity = groupIdentity(page);
    if (identity) return identity;
  }
  return undefined;
}

function asFault(error: unknown, path: string): Finding {
  if (error instanceof CorruptionError) return faultAt(path, error.position, error.reason);
  if (error instanceof DirectoryRefused) return faultAt(path, 4, error.message);
  throw error;
}

const faultAt = (path: string, position: number, message: string): Finding => ({ kind: "journal-file", path, position, message });

/** The device does not give these bytes; others it may. */
export const isUnreadable = (error: unknown): error is DiskError => error instanceof DiskError && error.code === "EIO";

function unreadable(error: unknown): DiskError {
  if (isUnreadable(error)) return error;
  throw error;
}

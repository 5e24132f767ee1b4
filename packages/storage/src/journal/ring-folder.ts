// The directory of a ring: its files, opened in the mode that the file system allows.
import { type Disk, PAGE_BYTES, type Random } from "@moldau/env";
import { CorruptionError, DirectoryRefused } from "../errors.js";
import { diskFailure, refusesDirect } from "./disk-failure.js";
import type { GroupIdentity } from "./group.js";
import { createRingFile, type DurableMode, openRingFile, type RingFile, ringFileName, ringFileNumber } from "./ring-file.js";

export interface RingFolder {
  readonly files: readonly RingFile[];
  readonly identity: GroupIdentity;
  readonly mode: DurableMode;
  /** Makes one more file, durably; with holes where zeros would be written before the groups if it is `sparse`. */
  create(number: number, sparse: boolean): Promise<RingFile>;
}

export interface RingFolderOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly brokerId: number;
  readonly random: Random;
  readonly fileBytes: number;
  readonly mode: "auto" | DurableMode;
  readonly isPromoted: IsPromoted;
}

/** Whether the catalog has the segment that the file at `path` is marked as: if so, it is durable under that name too. */
export type IsPromoted = (segmentId: number, path: string) => Promise<boolean>;

/** Opens the files there are, and makes the first one if there is none. */
export async function openRing(options: RingFolderOptions): Promise<RingFolder> {
  try {
    await options.disk.makeDirectory(options.directory);
    if (options.mode !== "auto") return await openIn(options.mode, options);
    try {
      return await openIn("direct", options);
    } catch (error) {
      if (!refusesDirect(error)) throw error;
      return await openIn("synced", options);
    }
  } catch (error) {
    throw diskFailure(error);
  }
}

async function openIn(mode: DurableMode, options: RingFolderOptions): Promise<RingFolder> {
  const { disk, directory, brokerId, random, fileBytes } = options;
  const files: RingFile[] = [];
  const page = disk.alignedMemory(PAGE_BYTES);
  let identity: GroupIdentity | undefined;
  const create = async (number: number, sparse: boolean): Promise<RingFile> => {
    identity ??= { brokerId, journalId: Buffer.from(random.bytes(8)).toString("hex") };
    const path = `${directory}/${ringFileName(number)}`;
    const file = await createRingFile(disk, { path, number, identity, mode, fileBytes, sparse, page });
    await disk.syncDirectory(directory);
    return file;
  };
  try {
    for (const number of await fileNumbers(disk, directory)) {
      const path = `${directory}/${ringFileName(number)}`;
      const opened = await openRingFile(disk, path, number, mode, fileBytes);
      if (!opened) {
        await disk.remove(path);
        continue;
      }
      if (opened.markedAs !== undefined && (await options.isPromoted(opened.markedAs, path))) {
        // Invariant: a segment is not written again. A crash came before the file lost its name here.
        await opened.ringFile.file.close();
        await disk.remove(path);
        continue;
      }
      files.push(opened.ringFile);
      if (opened.identity.brokerId !== brokerId) {
        throw new DirectoryRefused(`${path} is the journal of broker ${opened.identity.brokerId}, not of broker ${brokerId}`);
      }
      identity ??= opened.identity;
      if (opened.identity.journalId !== identity.journalId) throw new CorruptionError(path, 16, "the file belongs to another journal");
    }
    // A broker that was killed may have left names that are seen and not durable.
    await disk.syncDirectory(directory);
    if (files.length === 0) files.push(await create(0, false));
  } catch (error) {
    for (const { file } of files) await file.close();
    throw error;
  }
  return { files, identity: identity ?? unknownIdentity(directory), mode, create };
}

function unknownIdentity(directory: string): never {
  throw new CorruptionError(directory, 0, "a journal without an identity");
}

async function fileNumbers(disk: Disk, directory: string): Promise<number[]> {
  const numbers = (await disk.list(directory)).flatMap(({ name }) => ringFileNumber(name) ?? []);
  return numbers.sort((a, b) => a - b);
}

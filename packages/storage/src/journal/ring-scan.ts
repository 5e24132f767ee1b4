// Finding groups in the files of a ring, by what the bytes say alone.
import { type Disk, PAGE_BYTES } from "@moldau/env";
import { type GroupHeader, type GroupIdentity, headerIntact, readGroupHeader } from "./group.js";
import { FIRST_GROUP_AT, type RingFile } from "./ring-file.js";
import type { RingReader } from "./ring-reader.js";

const WINDOW_BYTES = 4 * 1024 * 1024;
const START_BYTES = 64 * 1024;

export interface FoundGroup {
  readonly file: RingFile;
  readonly position: number;
  readonly header: GroupHeader;
  /** Valid until the next look. */
  readonly bytes: Uint8Array;
}

/** What a file begins with. */
export type RingStart =
  | { readonly kind: "blank"; readonly file: RingFile }
  | { readonly kind: "group"; readonly file: RingFile; readonly header: GroupHeader }
  | { readonly kind: "damaged"; readonly file: RingFile };

export interface RingScan {
  /** The group at `position`, if header and table of contents there are whole; its batches are not looked at. */
  groupAt(file: RingFile, position: number): Promise<FoundGroup | undefined>;
  /** What lies where a file's first group belongs. */
  startOf(file: RingFile): Promise<RingStart>;
  /** The first group at or after `position` of that file which `wanted` accepts. */
  find(file: RingFile, position: number, wanted: (header: GroupHeader) => boolean): Promise<FoundGroup | undefined>;
}

export function ringScan(disk: Disk, reader: RingReader, identity: GroupIdentity): RingScan {
  let memory = disk.alignedMemory(START_BYTES);
  let window: { readonly file: RingFile; readonly from: number; readonly to: number } | undefined;

  /** The bytes at `position`, with as many behind them read at the same time as make reads large; undefined beyond what is prepared. */
  const look = async (file: RingFile, position: number, lengthBytes: number, aheadBytes: number): Promise<Uint8Array | undefined> => {
    if (position + lengthBytes > file.sizeBytes) return undefined;
    if (window?.file !== file || position < window.from || position + lengthBytes > window.to) {
      const to = Math.min(file.sizeBytes, position + Math.max(lengthBytes, aheadBytes));
      if (to - position > memory.length) memory = disk.alignedMemory(to - position);
      window = undefined;
      await reader.read(file, position, memory.subarray(0, to - position));
      window = { file, from: position, to };
    }
    return memory.subarray(position - window.from, position - window.from + lengthBytes);
  };

  const groupFrom = async (file: RingFile, position: number, aheadBytes: number): Promise<FoundGroup | undefined> => {
    const page = await look(file, position, PAGE_BYTES, aheadBytes);
    const header = page && readGroupHeader(page, identity);
    const bytes = header && (await look(file, position, header.lengthBytes, aheadBytes));
    return bytes && headerIntact(bytes, header) ? { file, position, header, bytes } : undefined;
  };

  const groupAt = (file: RingFile, position: number) => groupFrom(file, position, WINDOW_BYTES);

  return {
    groupAt,
    startOf: async (file) => {
      const found = await groupFrom(file, FIRST_GROUP_AT, START_BYTES);
      if (found) return { kind: "group", file, header: found.header };
      const page = await look(file, FIRST_GROUP_AT, PAGE_BYTES, START_BYTES);
      return { kind: page?.every((byte) => byte === 0) === false ? "damaged" : "blank", file };
    },
    find: async (file, position, wanted) => {
      for (let at = position; at < file.sizeBytes; ) {
        const page = await look(file, at, PAGE_BYTES, WINDOW_BYTES);
        const found = page && readGroupHeader(page, identity) && (await groupAt(file, at));
        if (found && wanted(found.header)) return found;
        at += found ? found.header.lengthBytes : PAGE_BYTES;
      }
      return undefined;
    },
  };
}

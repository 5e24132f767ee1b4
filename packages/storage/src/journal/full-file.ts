// A full file of the ring becomes a segment: what is written to it for that, and when it stops being the ring's.
//
//   full ─▶ mark: end (footer, trailer) behind the groups, size cut there, mark in the header ─▶ leave ─▶ its name goes
//            │                                                                            │
//            └── the ring replays it as before: nobody reads the end as groups            └── the catalog has the segment
//
// Invariant: a file that was marked and not left is marked as the same segment when that is tried again. So whatever became of the
// commit in between, the next start asks the catalog for the right segment.
import { type Disk, PAGE_BYTES } from "@moldau/env";
import { assert } from "@moldau/std";
import { writeMark } from "../segments/segment-frame.js";
import { diskFailure } from "./disk-failure.js";
import type { GroupIdentity } from "./group.js";
import type { FullFile } from "./journal.js";
import { FIRST_GROUP_AT, type RingFile, writeFileHeader } from "./ring-file.js";

/** Footers of few partitions and large runs take less. */
const SCRATCH_BYTES = 64 * 1024;

/**
 * Makes full files of ring files; for one at a time. `zerosEnded` resolves when no zeros are on their way to a file: they were to
 * prepare space for groups, and would land on its end.
 */
export function fullFiles(
  disk: Disk,
  identity: GroupIdentity,
  zerosEnded: (file: RingFile) => Promise<void>,
): (file: RingFile) => FullFile {
  const page = disk.alignedMemory(PAGE_BYTES);
  const scratch = disk.alignedMemory(SCRATCH_BYTES);

  const writeEnd = async (ring: RingFile, end: readonly Uint8Array[]): Promise<void> => {
    const lengthBytes = end.reduce((sum, part) => sum + part.length, 0);
    assert(lengthBytes % PAGE_BYTES === 0, "the end of a promoted file is whole pages");
    const memory = lengthBytes <= SCRATCH_BYTES ? scratch.subarray(0, lengthBytes) : disk.alignedMemory(lengthBytes);
    let filled = 0;
    for (const part of end) {
      memory.set(part, filled);
      filled += part.length;
    }
    const sizeBytes = ring.position + lengthBytes;
    ring.sizeBytes = ring.preparedBytes = Math.min(ring.sizeBytes, sizeBytes);
    await ring.file.write([memory], ring.position);
    await ring.file.truncate(sizeBytes);
    await ring.file.sync();
  };

  const writeMarked = async (ring: RingFile, segmentId: number): Promise<void> => {
    page.fill(0);
    writeFileHeader(page, ring.number, identity);
    writeMark(page, segmentId);
    await ring.file.write([page], 0);
  };

  return (ring) => ({
    path: ring.path,
    lastSequence: ring.lastSequence,
    groupBytes: ring.position - FIRST_GROUP_AT,
    endPosition: ring.position,
    segmentId: ring.segmentId,
    async mark(segmentId, end) {
      assert(!ring.promoted, "a file becomes a segment once");
      assert(ring.segmentId === undefined || ring.segmentId === segmentId, "a file is marked as one segment");
      ring.segmentId = segmentId;
      await zerosEnded(ring);
      try {
        await writeEnd(ring, end);
        await writeMarked(ring, segmentId);
      } catch (error) {
        throw diskFailure(error);
      }
    },
    leave() {
      assert(ring.segmentId !== undefined, "a file was marked before it leaves");
      ring.promoted = true;
    },
  });
}

import { type MemoryDisk, memoryDisk, PAGE_BYTES, systemClock } from "@moldau/env";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createRingFile } from "./ring-file.js";
import { ringGrowth } from "./ring-growth.js";

const FILE_BYTES = 256 * 1024;
const identity = { brokerId: 1, journalId: "0123456789abcdef" };

async function growingFile(disk: MemoryDisk, sparse: boolean) {
  const page = disk.alignedMemory(PAGE_BYTES);
  const file = await createRingFile(disk, { path: "/0.ring", number: 0, identity, mode: "direct", fileBytes: FILE_BYTES, sparse, page });
  // Zeros in steps of a few pages, so that they often meet groups.
  return { file, growth: ringGrowth({ ...disk, alignedMemory: () => disk.alignedMemory(4 * PAGE_BYTES) }, systemClock, FILE_BYTES) };
}

it("never writes zeros where a group goes, however fast groups and zeros come", async () => {
  const group = fc.record({ pages: fc.integer({ min: 1, max: 7 }), fast: fc.boolean(), ahead: fc.integer({ min: 0, max: 12 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(group, { minLength: 4, maxLength: 12 }), fc.boolean(), async (groups, sparse) => {
      const disk = memoryDisk();
      const { file, growth } = await growingFile(disk, sparse);
      const turns = async (count: number) => {
        for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
      };
      // A write lands some turns after it was asked for.
      disk.options.beforeWrite = (_path, position) => turns((position / PAGE_BYTES) % 3);
      const expected: number[] = [];
      const zeros: Promise<void>[] = [];
      for (const [index, { pages, fast, ahead }] of groups.entries()) {
        const until = Math.min(FILE_BYTES, file.position + ahead * PAGE_BYTES);
        zeros.push(growth.prepare(file, until));
        await turns(index % 2);
        const lengthBytes = pages * PAGE_BYTES;
        if (file.position + lengthBytes > FILE_BYTES) break;
        await growth.claim(file, file.position + lengthBytes, fast);
        await file.file.write([new Uint8Array(lengthBytes).fill(index + 1)], file.position);
        file.position += lengthBytes;
        for (let page = 0; page < pages; page++) expected.push(index + 1);
      }
      await Promise.all(zeros);
      const bytes = disk.bytesOf("/0.ring");
      expect(expected.map((_, page) => bytes[(page + 1) * PAGE_BYTES + 100])).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

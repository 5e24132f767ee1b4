// Damage on purpose: bytes of stored files, and where in them what lies. Knows the formats of the journal by its drawing alone.
import { open, readFile } from "node:fs/promises";

/** Inverts the bits of `count` bytes. */
export async function flipBytes(path, position, count = 1) {
  const file = await open(path, "r+");
  try {
    const bytes = Buffer.alloc(count);
    const { bytesRead } = await file.read(bytes, 0, count, position);
    if (bytesRead < count) throw new Error(`${path} has no byte ${position + count - 1}`);
    for (let i = 0; i < count; i++) bytes[i] = ~bytes[i] & 0xff;
    await file.write(bytes, 0, count, position);
    await file.sync();
  } finally {
    await file.close();
  }
}

const PAGE_BYTES = 4096;

/** The groups of a journal file that was used once round at most: [{ position, sequence, entries, lengthBytes }]. */
export async function groupsOf(path) {
  const bytes = await readFile(path);
  const groups = [];
  for (let position = PAGE_BYTES; position + PAGE_BYTES <= bytes.length && bytes.toString("latin1", position, position + 4) === "MOLG"; ) {
    const lengthBytes = bytes.readUInt32LE(position + 44);
    groups.push({
      position,
      sequence: Number(bytes.readBigUInt64LE(position + 24)),
      entries: bytes.readUInt32LE(position + 12),
      lengthBytes,
    });
    position += lengthBytes;
  }
  return groups;
}

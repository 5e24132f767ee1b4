// Blobs in memory, for tests and simulation.
import { assertBlobKey } from "./blob-key.js";
import { BlobMissing, type BlobParts, type BlobStore } from "./blob-store.js";

export function memoryBlobs(): BlobStore {
  const blobs = new Map<string, Uint8Array>();
  const blob = (key: string): Uint8Array => {
    const bytes = blobs.get(key);
    if (bytes === undefined) throw new BlobMissing(`no blob ${key}`);
    return bytes;
  };
  return {
    put: async (key, parts) => {
      assertBlobKey(key);
      blobs.set(key, await gather(parts));
    },
    read: async (key, position, into) => {
      const bytes = blob(key).subarray(position, position + into.length);
      into.set(bytes);
      return bytes.length;
    },
    sizeBytes: async (key) => blob(key).length,
    delete: async (keys) => {
      for (const key of keys) blobs.delete(key);
    },
    async *list(prefix) {
      for (const [key, bytes] of [...blobs]) if (key.startsWith(prefix)) yield { key, sizeBytes: bytes.length };
    },
    location: (key) => `memory:${key}`,
  };
}

async function gather(parts: BlobParts): Promise<Uint8Array> {
  const copies: Uint8Array[] = [];
  for await (const group of parts) for (const part of group) copies.push(part.slice());
  return Buffer.concat(copies);
}

import { describeBlobStore } from "./blob-store.contract.js";
import { memoryBlobs } from "./memory-blobs.js";

describeBlobStore("memory", async () => {
  const blobs = memoryBlobs();
  return { blobs, reopen: async () => blobs, close: async () => {} };
});

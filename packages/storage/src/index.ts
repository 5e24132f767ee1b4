export { type BlobInfo, BlobMissing, type BlobParts, type BlobStore } from "./blobs/blob-store.js";
export { memoryBlobs } from "./blobs/memory-blobs.js";
export type { Catalog, CatalogCommit, ClusterLog, Extent, ExtentIndex, PartitionChange, PartitionRow, Version } from "./catalog/catalog.js";
export { memoryCatalog } from "./catalog/memory-catalog.js";

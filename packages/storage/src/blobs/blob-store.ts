// The blob store port: immutable named blobs. Keys are path-like, e.g. "segments/00/000000000000002a.seg".

export interface BlobInfo {
  readonly key: string;
  readonly sizeBytes: number;
}

export interface BlobStore {
  /** Stores the parts, one after another, as one blob; durable, and visible whole or not at all, when this resolves. A key is written once. */
  put(key: string, parts: BlobParts): Promise<void>;
  /** Fills `into` with the blob's bytes from `position` on; returns how many there were. Throws BlobMissing. */
  read(key: string, position: number, into: Uint8Array): Promise<number>;
  sizeBytes(key: string): Promise<number>;
  /** Deletes; missing ones are no error. */
  delete(keys: readonly string[]): Promise<void>;
  list(prefix: string): AsyncIterable<BlobInfo>;
  /**
   * Makes a file of the same disk, whole and durable, a blob as well; it may be done again. Resolved, it is durable under both names,
   * and is not changed any more. False when the file system has no second names. Stores that cannot do this don't have it.
   */
  readonly adopt?: ((key: string, path: string) => Promise<boolean>) | undefined;
  /** Where an operator finds the blob: a path or a URL, for messages. */
  location(key: string): string;
}

/**
 * What a blob is made of: the producer yields parts as memory allows and may reuse a part's memory once the next is asked for.
 * A generator lets a segment of any size be written from bounded memory, in bounded slices of time.
 */
export type BlobParts = AsyncIterable<readonly Uint8Array[]> | Iterable<readonly Uint8Array[]>;

export class BlobMissing extends Error {
  override readonly name = "BlobMissing";
}

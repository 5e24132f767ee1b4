// A batch that grows record by record, as producers fill one: each record is encoded once, where it will be sent from.
import { assert, varintBytes, varlongBytes, writeVarint, writeVarlong } from "@moldau/std";
import { withRoomForHeader } from "./build.js";
import { compress } from "./compression/codecs.js";
import type { CompressionName } from "./compression/names.js";
import { attributesOf, writeBatchHeader } from "./header-writer.js";
import * as layout from "./layout.js";
import { type BatchProducer, sealBatch } from "./patch.js";

/** Where builders have their memory from. */
export interface BatchMemory {
  /** At least as many bytes, of any content. */
  take(bytes: number): Buffer;
  give(memory: Buffer): void;
}

export interface BatchBuilderOptions {
  /** How large it may get, its header included, unless a single record is larger. */
  readonly maxBytes: number;
  readonly memory: BatchMemory;
}

export interface HeaderInput {
  readonly key: string;
  readonly value: string | Uint8Array | null;
}

export interface SealOptions extends BatchProducer {
  readonly compression: CompressionName;
  /** See `compress`. */
  readonly compressionLevel?: number | undefined;
  readonly transactional: boolean;
}

export interface BatchBuilder {
  /** Adds the record; false when it does not fit any more. Strings become UTF-8. `timestamp` in milliseconds since the epoch. */
  append(timestamp: number, key: Content, value: Content, headers: readonly HeaderInput[]): boolean;
  readonly recordCount: number;
  /** As it is so far, header included, not compressed. */
  readonly sizeBytes: number;
  /** The batch; the builder is used up. What is not compressed stays in the memory taken, which is the caller's now. */
  seal(options: SealOptions): SealedBatch;
  /** Gives the memory back; the builder is used up. */
  discard(): void;
}

export interface SealedBatch {
  readonly bytes: Uint8Array;
  /** To give back when the bytes are needed no longer. */
  readonly memory: Buffer | undefined;
}

type Content = string | Uint8Array | null;

const FIRST_BYTES = 1024;
const NO_MEMORY = Buffer.alloc(0);

export function batchBuilder({ maxBytes, memory }: BatchBuilderOptions): BatchBuilder {
  let bytes = memory.take(Math.min(FIRST_BYTES, maxBytes));
  let position = layout.BATCH_HEADER_BYTES;
  let recordCount = 0;
  let baseTimestamp = layout.ABSENT;
  let maxTimestamp = layout.ABSENT;

  const grow = (needed: number) => {
    // By four, so that a batch that gets full is copied a few times only.
    const larger = memory.take(Math.max(needed, Math.min(bytes.length * 4, maxBytes)));
    bytes.copy(larger, 0, 0, position);
    memory.give(bytes);
    bytes = larger;
  };
  return {
    append(timestamp, key, value, headers) {
      const timestampDelta = recordCount === 0 ? 0 : timestamp - baseTimestamp;
      const keyBytes = contentBytes(key);
      const valueBytes = contentBytes(value);
      let bodyBytes = 1 + varlongBytes(timestampDelta) + varintBytes(recordCount);
      bodyBytes += varintBytes(keyBytes) + Math.max(keyBytes, 0) + varintBytes(valueBytes) + Math.max(valueBytes, 0);
      bodyBytes += headers.length === 0 ? 1 : headersBytes(headers);
      const end = position + varintBytes(bodyBytes) + bodyBytes;
      if (end > maxBytes && recordCount > 0) return false;
      if (end > bytes.length) grow(end);
      let next = writeVarint(bytes, position, bodyBytes);
      bytes[next++] = 0;
      next = writeVarlong(bytes, next, timestampDelta);
      next = writeVarint(bytes, next, recordCount);
      next = writeContent(bytes, next, key, keyBytes);
      next = writeContent(bytes, next, value, valueBytes);
      if (headers.length === 0) bytes[next++] = 0;
      else next = writeHeaders(bytes, next, headers);
      assert(next === end, "a record takes the bytes that were measured");
      position = end;
      if (recordCount++ === 0) baseTimestamp = timestamp;
      if (timestamp > maxTimestamp) maxTimestamp = timestamp;
      return true;
    },
    get recordCount() {
      return recordCount;
    },
    get sizeBytes() {
      return position;
    },
    seal(options) {
      assert(recordCount > 0, "a batch holds at least one record");
      const { compression, compressionLevel } = options;
      const plain = bytes;
      bytes = NO_MEMORY;
      let sealed: SealedBatch = { bytes: plain.subarray(0, position), memory: plain };
      if (compression !== "none") {
        const stored = compress(compression, plain.subarray(layout.BATCH_HEADER_BYTES, position), compressionLevel);
        sealed = { bytes: withRoomForHeader(stored), memory: undefined };
        memory.give(plain);
      }
      writeBatchHeader(sealed.bytes, {
        ...options,
        attributes: attributesOf(options),
        lastOffsetDelta: recordCount - 1,
        baseTimestamp,
        maxTimestamp,
        recordCount,
      });
      sealBatch(sealed.bytes, 0);
      return sealed;
    },
    discard() {
      memory.give(bytes);
      bytes = NO_MEMORY;
    },
  };
}

/** -1 for null. */
const contentBytes = (content: Content): number =>
  typeof content === "string" ? Buffer.byteLength(content) : content === null ? -1 : content.length;

function headersBytes(headers: readonly HeaderInput[]): number {
  let total = varintBytes(headers.length);
  for (const { key, value } of headers) {
    const keyBytes = Buffer.byteLength(key);
    const valueBytes = contentBytes(value);
    total += varintBytes(keyBytes) + keyBytes + varintBytes(valueBytes) + Math.max(valueBytes, 0);
  }
  return total;
}

function writeContent(bytes: Buffer, position: number, content: Content, length: number): number {
  const start = writeVarint(bytes, position, length);
  if (content === null) return start;
  if (typeof content === "string") bytes.write(content, start);
  else bytes.set(content, start);
  return start + length;
}

function writeHeaders(bytes: Buffer, position: number, headers: readonly HeaderInput[]): number {
  let next = writeVarint(bytes, position, headers.length);
  for (const { key, value } of headers) {
    next = writeContent(bytes, next, key, Buffer.byteLength(key));
    next = writeContent(bytes, next, value, contentBytes(value));
  }
  return next;
}

// Segments: immutable blobs of batches sorted by partition and offset, with a footer index.
//
//   ┌───────────┬───────────────┬───────────────┬───┬────────┬─────────┐
//   │ head 4 KiB│ run of P1     │ run of P2     │ … │ footer │ trailer │
//   └───────────┴───────────────┴───────────────┴───┴────────┴─────────┘
//
// A run is one partition's batches in offset order. It is cut into chunks: whole batches, up to CHUNK_BYTES together (or one larger
// batch). A chunk is what is read, verified (its own crc32c in the footer) and cached.
import type { PartitionId } from "@moldau/std";

export const CHUNK_BYTES = 1024 * 1024;

export interface Chunk {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
  /** First byte in the blob. */
  readonly position: number;
  readonly lengthBytes: number;
  readonly crc: number;
}

/** A partition's run, as the footer lists it. */
export interface Run {
  readonly partition: PartitionId;
  readonly chunks: readonly Chunk[];
}

const NAME = /([0-9a-f]{12,})\.seg$/;

/** The segment whose blob has that key, or a key that ends like it; undefined for other names. */
export function segmentIdOf(key: string): number | undefined {
  const digits = NAME.exec(key)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** Key of a segment's blob: spread over folders, so that none holds too many. */
export const segmentKey = (segmentId: number): string => {
  const name = segmentId.toString(16).padStart(12, "0");
  return `segments/${name.slice(-2)}/${name}.seg`;
};

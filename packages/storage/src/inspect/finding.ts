// What looking at a log found: damage, or something that looks like it and is normal.
import type { PartitionId } from "@moldau/std";
import { BlobMissing } from "../blobs/blob-store.js";
import { CorruptionError, StorageError } from "../errors.js";

export type FindingKind =
  /** The directory's marker is not readable, or of a newer format. */
  | "marker"
  /** The catalog is not there, or damaged: nobody can say what is where. */
  | "catalog"
  /** A journal file's header page. */
  | "journal-file"
  /** Journal groups that were acknowledged are not what was written: a broker does not start with this. */
  | "journal-group"
  /** The journal's last group was never acknowledged. */
  | "torn-tail"
  /** Groups that the catalog has in segments already, in the way of a start all the same. */
  | "journal-chain"
  /** A batch of the journal that was acknowledged, in no segment yet: the same. */
  | "journal-batch"
  /** A batch of a segment whose checksum is wrong. */
  | "batch"
  | "segment"
  | "segment-missing"
  /** A segment that no extent refers to. */
  | "unreferenced"
  /** Extents and what they refer to contradict each other. */
  | "extent"
  /** Offsets that are nowhere. */
  | "hole"
  /** A file whose end was never written. */
  | "cut-off";

/** Findings of these kinds lose nothing: they are what a crash leaves, and a start cleans up. */
const NORMAL: ReadonlySet<FindingKind> = new Set(["torn-tail", "unreferenced", "cut-off"]);

export interface Finding {
  readonly kind: FindingKind;
  /** The file it is about, and the byte in it where that is known. */
  readonly path: string;
  readonly position?: number;
  readonly partition?: PartitionId;
  /** The offsets that it concerns, as far as known. */
  readonly firstOffset?: number;
  readonly lastOffset?: number;
  readonly message: string;
}

export const isDamage = ({ kind }: Finding): boolean => !NORMAL.has(kind);

/** What an error says of a segment that is damaged, not there, or not readable. Throws what has nothing to do with that. */
export function findingOf(error: unknown, path: string): Finding {
  if (error instanceof CorruptionError) return { kind: "segment", path, position: error.position, message: error.reason };
  if (error instanceof BlobMissing) return { kind: "segment-missing", path, message: "it is not there" };
  if (error instanceof StorageError) return { kind: "segment", path, message: `it cannot be read: ${error.message}` };
  throw error;
}

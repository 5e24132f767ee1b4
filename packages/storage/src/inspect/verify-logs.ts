// Every byte that counts against its checksums, and every reference against what it refers to. All that is wrong, not only the first.
//
// While a broker uses the directory, what is looked at may be gone by the time: segments are merged or deleted, journal files are
// written over. So what was found is looked at again in the directory as it is then, and only what is still wrong is told.
import { partitionKey, type TopicId } from "@moldau/std";
import { BlobMissing, type BlobStore } from "../blobs/blob-store.js";
import { StorageError } from "../errors.js";
import { segmentKey } from "../segments/segment.js";
import { checkSegment, type SegmentDamage } from "../segments/verify-segment.js";
import { contiguityFindings, extentMatcher, extentsBySegment, type OwnedExtent } from "./extents-findings.js";
import type { Finding } from "./finding.js";
import { journalFindings } from "./journal-findings.js";
import type { LogsOnDisk, SegmentFile } from "./logs-on-disk.js";
import { tailFindings } from "./tail-findings.js";

export interface VerifyOptions {
  /** A broker uses the directory meanwhile. */
  readonly inUse: boolean;
  /** Whether the topic is in the cluster; what is stored of others goes, and is not missed. */
  readonly isLive: (topicId: TopicId) => boolean;
  readonly progress?: ((bytes: number) => void) | undefined;
}

export async function* verifyLogs(logs: LogsOnDisk, options: VerifyOptions): AsyncIterable<Finding> {
  if (!options.inUse) yield* findingsIn(logs, options);
  else {
    const found = await all(findingsIn(logs, options));
    if (found.length === 0) return;
    const later = await logs.again();
    try {
      const still = new Set(
        (await all(findingsIn(later, { ...options, progress: undefined }, new Set(found.map(({ path }) => path))))).map(identity),
      );
      for (const finding of found) if (still.has(identity(finding))) yield finding;
    } finally {
      await later.close();
    }
  }
}

async function all(findings: AsyncIterable<Finding>): Promise<readonly Finding[]> {
  const list: Finding[] = [];
  for await (const finding of findings) list.push(finding);
  return list;
}

const identity = ({ kind, path, position, partition, firstOffset }: Finding): string =>
  JSON.stringify([kind, path, position, partition && partitionKey(partition), firstOffset]);

/** `only`: of the segments, those in these files. */
async function* findingsIn(logs: LogsOnDisk, options: VerifyOptions, only?: ReadonlySet<string>): AsyncIterable<Finding> {
  yield* logs.findings;
  const { catalog, journal, catalogPath } = logs;
  const after = catalog?.consolidatedThrough ?? 0;
  yield* journalFindings(journal, { after, isWhole: catalog !== undefined });
  for (const partition of catalog?.partitions ?? []) yield* contiguityFindings(catalogPath, partition);
  yield* tailFindings(logs, options.isLive);
  yield* findingsInSegments(logs, options, only);
}

async function* findingsInSegments(
  logs: LogsOnDisk,
  { inUse, progress }: VerifyOptions,
  only?: ReadonlySet<string>,
): AsyncIterable<Finding> {
  const { catalog, blobs } = logs;
  const files = new Map((await logs.segments()).map((file) => [file.segmentId, file]));
  const bySegment = extentsBySegment(catalog?.partitions ?? []);
  for (const [segmentId, owned] of bySegment) {
    if (!files.has(segmentId)) yield* missing(blobs.location(segmentKey(segmentId)), owned);
  }
  for (const file of files.values()) {
    if (only && !only.has(file.path)) continue;
    const owned = bySegment.get(file.segmentId);
    if (catalog && !owned) {
      // One that is being written has no extents yet.
      if (!inUse) yield { kind: "unreferenced", path: file.path, message: "no extent refers to this segment" };
      continue;
    }
    try {
      yield* segmentFindings(blobs, file, owned);
    } catch (error) {
      if (error instanceof BlobMissing) yield* missing(file.path, owned);
      else if (error instanceof StorageError) yield { kind: "segment", path: file.path, message: `it cannot be read: ${error.message}` };
      else throw error;
    }
    progress?.(file.sizeBytes);
  }
}

function* missing(path: string, owned: readonly OwnedExtent[] = []): Iterable<Finding> {
  for (const { partition, extent } of owned) {
    const { baseOffset: firstOffset, lastOffset } = extent;
    yield {
      kind: "segment-missing",
      path,
      partition,
      firstOffset,
      lastOffset,
      message: "the catalog refers to this segment, and it is not there",
    };
  }
}

/** What is wrong with a segment by itself, and with the extents that refer to it. */
export async function* segmentFindings(
  blobs: BlobStore,
  { path, segmentId }: Pick<SegmentFile, "path" | "segmentId">,
  owned: readonly OwnedExtent[] = [],
): AsyncIterable<Finding> {
  const matcher = extentMatcher(path, owned);
  let hasFooter = true;
  for await (const { run, damage } of checkSegment(blobs, segmentId)) {
    if (run) yield* matcher.see(run);
    else {
      const finding = asFinding(damage);
      if (finding.kind === "segment" && finding.position !== 0) hasFooter = false;
      yield finding;
    }
  }
  if (hasFooter) yield* matcher.rest();
  // Without a footer nobody finds anything in the segment.
  else
    for (const { partition, extent } of owned)
      yield {
        kind: "segment",
        path,
        partition,
        firstOffset: extent.baseOffset,
        lastOffset: extent.lastOffset,
        message: "the footer is needed to find these offsets",
      };
}

function asFinding({ error: { path, position, reason: message }, run, chunk }: SegmentDamage): Finding {
  if (!run || !chunk) return { kind: "segment", path, position, message };
  return { kind: "batch", path, position, partition: run.partition, firstOffset: chunk.baseOffset, lastOffset: chunk.lastOffset, message };
}

// The batches of a single file, whatever it is.
import { fileBatches, type LogFile, type StoredItem, segmentBatches, tailBatches } from "@moldau/storage";

export function batchesOfFile(file: LogFile): AsyncIterable<StoredItem> {
  if (file.kind === "journal") return tailBatches(file.journal, file.journal.groups);
  return file.kind === "segment" ? segmentBatches(file.blobs, file.segmentId, file.source) : fileBatches(file.path, file.source);
}

// What went wrong with the bytes of a record batch: the only error this package throws about its input.

/** Batches or records that cannot be read: cut off, damaged, unknown, or larger than allowed. */
export class RecordsError extends Error {
  override readonly name = "RecordsError";
}

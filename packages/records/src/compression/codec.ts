// What every compression does, and the refusals they share.
import { RecordsError } from "../errors.js";

export interface Codec {
  /** `level` in the library's own scale; its default when absent. */
  readonly compress: (bytes: Uint8Array, level?: number) => Uint8Array;
  /** Throws RecordsError when `bytes` are not of this form or hold more than `maxBytes`; the latter before it is spent. */
  readonly decompress: (bytes: Uint8Array, maxBytes: number) => Uint8Array;
}

/** The refusal of a decompression bomb. */
export function tooLarge(maxBytes: number): RecordsError {
  return new RecordsError(`compressed records may hold more than ${maxBytes} bytes`);
}

/** Runs a library's decompression: whatever it throws becomes a RecordsError. */
export function guarded<Result>(form: string, decompress: () => Result): Result {
  try {
    return decompress();
  } catch (cause) {
    if (cause instanceof RecordsError) throw cause;
    throw new RecordsError(`records are not in ${form} form: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

// What an answer means for a batch: pure, so that every error has its line in a test.
import { errorByCode, errors } from "@moldau/protocol";
import { type ClientError, errorOf } from "../errors.js";

export type Verdict =
  | { readonly kind: "stored" }
  /** To be sent again as it is. */
  | { readonly kind: "again"; readonly refresh: boolean; readonly error: ClientError }
  /** To be sent again under new numbers: the broker lacks what it acknowledged. */
  | { readonly kind: "renumber" }
  /** To be sent again in parts. */
  | { readonly kind: "split" }
  | { readonly kind: "failed"; readonly error: ClientError; readonly maybeStored: boolean };

export interface Circumstances {
  readonly topic: string;
  readonly partition: number;
  readonly recordCount: number;
  readonly idempotent: boolean;
  readonly transactional: boolean;
  /** Batches before this one are not stored yet, which explains a sequence that the broker does not expect. */
  readonly follows: boolean;
}

export function verdictOf(errorCode: number, message: string | null, about: Circumstances): Verdict {
  const { topic, partition, idempotent } = about;
  const error = errorOf(errorCode, message, { topic, partition });
  if (!error) return { kind: "stored" };
  const failed = (maybeStored = false): Verdict => ({ kind: "failed", error, maybeStored });
  switch (errorCode) {
    case errors.DUPLICATE_SEQUENCE_NUMBER.code:
      return { kind: "stored" };
    case errors.MESSAGE_TOO_LARGE.code:
    case errors.RECORD_LIST_TOO_LARGE.code:
      return about.recordCount > 1 ? { kind: "split" } : failed();
    case errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code:
    case errors.UNKNOWN_PRODUCER_ID.code:
      if (!idempotent) return failed();
      if (about.follows) return { kind: "again", refresh: false, error };
      return about.transactional ? failed() : { kind: "renumber" };
    case errors.UNKNOWN_SERVER_ERROR.code:
      return failed(true);
  }
  const { retriable, refreshMetadata } = errorByCode(errorCode);
  return retriable ? { kind: "again", refresh: refreshMetadata, error } : failed();
}

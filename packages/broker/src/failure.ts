// What an error comes to that was caught: a broken world (the disk is full, a device fails) has a reason, which clients and operators are
// told; a broken invariant is no such reason, and stops the broker.
import { AssertionError } from "@moldau/std";

/** For the log, and for the client. Throws the error on when an invariant is broken. */
export function failureReason(error: unknown): string {
  if (error instanceof AssertionError) throw error;
  return error instanceof Error ? error.message : String(error);
}

/** The same where nobody would catch what is thrown on: undefined when an invariant is broken, of which `fatal` has been told. */
export function failureReasonOr(fatal: (error: Error) => void, error: unknown): string | undefined {
  if (!(error instanceof AssertionError)) return failureReason(error);
  fatal(error);
  return undefined;
}
